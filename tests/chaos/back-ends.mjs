/** Switches of Chromium for each of its two IndexedDB back ends. */
export const BACK_ENDS = {
  leveldb: ['--disable-features=IdbSqliteOnDiskRollout'],
  sqlite: ['--enable-features=IdbSqliteOnDiskRollout:stage/UseSqliteForNewStores'],
};
