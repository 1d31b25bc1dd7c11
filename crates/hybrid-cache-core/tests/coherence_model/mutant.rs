//! Ways to get it wrong. Each must be found out (see `mutants.rs`).

/// A mutation of the rules, of the browser that applies them, or of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// A response with another version than the known one is adopted and stored, whenever it departed.
    AdoptsAnyDifferentNumber,
    /// A body is filed under the label that is current when it is stored, whenever its request departed.
    FilesUnderTheCurrentLabel,
    /// A change removes the entries, and reads do not look at labels.
    PurgesAndReadsWithoutLabels,
    /// Memory answers for as long as the tab itself has noticed nothing (S1b).
    TrustsItsOwnMemory,
    /// The tab goes on serving while a rule is on its way (S1a).
    RaisesNoFence,
    /// The server reads the data, then the counter (H1).
    ReadsDataThenCounter,
    /// The server bumps, then commits (H2).
    BumpsThenCommits,
    /// A write's answer is stamped before its bump (H1).
    StampsWriteBeforeItsBump,
    /// A lower number is always late, also from a server that starts again from 1 (R4).
    BelievesTheHighestNumber,
    /// A response belongs to whoever is signed in when it arrives (S4).
    TakesOwnerAtDelivery,
    /// A regress leaves the label as it is (R4).
    RegressesUnderTheOldLabel,
    /// An older answer of an HTTP cache counts as a regress (R4a).
    TakesAReplayForARegress,
    /// An answer of an HTTP cache counts as the server's unless its number is lower: it may be of before a reset (R1, R3, R4a).
    TakesAReplayForNews,
    /// A late response is stored if its number is right, also from before the barrier (R5).
    IgnoresTheBarrier,
    /// A late response with a higher number is adopted without a barrier, so its body passes for R5 (R6).
    AdoptsByR6WithoutABarrier,
    /// Generations of one database count in the next (R0).
    IgnoresTheIncarnation,
    /// "Disabled" is not heeded (R9).
    IgnoresADisable,
    /// A clear changes the label and not the barrier (R10).
    ClearsWithoutABarrier,
    /// Scopes are not compared (R11).
    IgnoresScopes,
    /// A tab that remembers a suspension takes no response to the database, though the suspension may be over (R11).
    BelievesAClosureItRemembers,
    /// A push may lower the version (R12).
    BelievesAnyPush,
    /// A request under way is not touched by an invalidation (R13).
    IgnoresTheClock,
    /// An entry is not touched by an invalidation (R13).
    ServesWhatWasInvalidated,
    /// A rule whose commit failed is dropped (S1a).
    ForgetsAFailedCommit,
    /// That another user was named does not count (S6).
    IgnoresDisplacement,
    /// A node whose near-cache is lower than the echo stamps from it all the same (H3).
    IgnoresTheEcho,
}
