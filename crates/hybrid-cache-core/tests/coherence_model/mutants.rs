//! Each mutant is found out by the property named here, in the slice named here. The same slice holds without the
//! mutation: that is the slice's own test in `slices.rs`.

use crate::{
    exploration::fails,
    mutant::Mutant,
    onlooker::{CONVERGES, CROSS_USER, DISPLACED, INVALIDATED, OWN_WRITE, STALE},
    slices::*,
};

macro_rules! mutants {
    ($($test:ident: $mutant:ident in $slice:ident, $property:ident;)+) => {
        $(
            #[test]
            fn $test() {
                fails(Mutant::$mutant, $slice::slice(), $property);
            }
        )+
    };
}

mutants! {
    adopts_any_different_number: AdoptsAnyDifferentNumber in versions, STALE;
    files_under_the_current_label: FilesUnderTheCurrentLabel in versions, STALE;
    purges_and_reads_without_labels: PurgesAndReadsWithoutLabels in versions, STALE;
    trusts_its_own_memory: TrustsItsOwnMemory in versions, STALE;
    raises_no_fence: RaisesNoFence in commits_in_two_steps, STALE;
    reads_data_then_counter: ReadsDataThenCounter in reads_in_two_steps, STALE;
    bumps_then_commits: BumpsThenCommits in versions, STALE;
    stamps_write_before_its_bump: StampsWriteBeforeItsBump in own_write, OWN_WRITE;
    believes_the_highest_number: BelievesTheHighestNumber in flush_to_one, CONVERGES;
    takes_owner_at_delivery: TakesOwnerAtDelivery in two_users, CROSS_USER;
    regresses_under_the_old_label: RegressesUnderTheOldLabel in flush_to_one, STALE;
    takes_a_replay_for_a_regress: TakesAReplayForARegress in replays, STALE;
    takes_a_replay_for_news: TakesAReplayForNews in replays_of_a_reset, STALE;
    ignores_the_barrier: IgnoresTheBarrier in clear, INVALIDATED;
    adopts_by_r6_without_a_barrier: AdoptsByR6WithoutABarrier in flush_before_anything_is_known, STALE;
    ignores_the_incarnation: IgnoresTheIncarnation in deletion, STALE;
    ignores_a_disable: IgnoresADisable in lost_bump, STALE;
    clears_without_a_barrier: ClearsWithoutABarrier in clear, INVALIDATED;
    ignores_scopes: IgnoresScopes in users_named_by_scope, CROSS_USER;
    believes_a_closure_it_remembers: BelievesAClosureItRemembers in rotation, STALE;
    believes_any_push: BelievesAnyPush in pushes, STALE;
    ignores_the_clock: IgnoresTheClock in groups, INVALIDATED;
    serves_what_was_invalidated: ServesWhatWasInvalidated in groups, INVALIDATED;
    forgets_a_failed_commit: ForgetsAFailedCommit in failed_commits, STALE;
    ignores_displacement: IgnoresDisplacement in cookie_sessions, DISPLACED;
    ignores_the_echo: IgnoresTheEcho in lagging_node, STALE;
}
