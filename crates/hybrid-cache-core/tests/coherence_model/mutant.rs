//! Ways to get it wrong. Each must be found out.

/// A mutation of the rules, of the browser that applies them, or of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// A response with another version than the known one is adopted and stored, whenever it departed.
    AdoptsAnyDifferentNumber,
    /// A body is filed under the label that is current when it is stored, whenever its request departed.
    FilesUnderTheCurrentLabel,
    /// A change removes the entries, and reads do not look at labels.
    PurgesAndReadsWithoutLabels,
    /// Memory answers for as long as the tab itself has noticed nothing.
    TrustsItsOwnMemory,
    /// The tab goes on serving while a rule is on its way.
    RaisesNoFence,
    /// The server reads the data, then the counter.
    ReadsDataThenCounter,
    /// The server bumps, then commits.
    BumpsThenCommits,
    /// A write's answer is stamped before its bump.
    StampsWriteBeforeItsBump,
    /// A lower number is always late, also from a server that starts again from 1.
    BelievesTheHighestNumber,
    /// A response belongs to whoever is signed in when it arrives.
    TakesOwnerAtDelivery,
    /// A late response is stored if its number is right, also from before the barrier.
    IgnoresTheBarrier,
    /// Generations of one database count in the next.
    IgnoresTheIncarnation,
    /// Scopes are not compared.
    IgnoresScopes,
    /// "Disabled" counts only in response to a request that departed under the current label.
    IgnoresALateDisable,
    /// A request under way is not touched by an invalidation.
    IgnoresTheClock,
    /// A rule whose commit failed is dropped.
    ForgetsAFailedCommit,
    /// That another user was named does not count.
    IgnoresDisplacement,
    /// A late response with a higher number is stored as well as adopted (R6).
    StoresWhatR6Adopts,
    /// A tab that remembers a suspension takes no response to the database, though the suspension may be over.
    BelievesAClosureItRemembers,
    /// A regress leaves the label as it is.
    RegressesUnderTheOldLabel,
}
