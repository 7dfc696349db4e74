//! The table of the rules, and the macros that read it: one lists them, one stamps a test for each.

use super::report::Rule;

/// The one table. It hands itself to the macro that it is told.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_table {
    ($reader:ident $($argument:tt)*) => {
        $crate::$reader! {
            { $($argument)* }
            reads: [
                    what_is_not_there_is_nothing_and_no_fault,
                    a_ticket_is_found_by_its_id,
                    a_ticket_is_found_by_every_spelling_of_its_number,
                    a_ticket_is_found_by_its_reference_outside,
                    a_ticket_is_found_by_the_reference_of_one_of_its_messages,
                    a_ticket_comes_back_exactly_as_it_was_written,
                    fields_that_a_newer_writer_added_survive,
                    a_load_answers_in_the_order_of_what_was_wanted,
                    a_load_brings_the_lock_and_the_mark,
                    tombstones_are_loaded,
                    a_scan_goes_by_rising_id_with_tombstones,
                ],
                versions: [
                    versions_rise_by_one_with_every_commit,
                    a_commit_on_an_old_version_conflicts_with_both_numbers,
                    a_commit_on_a_version_still_to_come_conflicts,
                    opening_a_ticket_that_is_there_conflicts,
                    changing_a_ticket_that_is_not_there_conflicts_with_nothing_found,
                    a_refused_commit_changes_nothing,
                    a_commit_over_a_moved_version_is_not_saved_by_equal_content,
                    the_first_ticket_that_moved_is_named,
                ],
                atomicity: [
                    a_reused_key_stops_everything,
                    a_moved_ticket_stops_everything,
                    a_moved_record_stops_everything,
                    a_moved_guard_stops_everything,
                    a_moved_lock_stops_everything,
                    a_taken_reference_stops_everything,
                    a_taken_number_stops_everything,
                    the_key_is_checked_before_everything,
                    tickets_are_checked_before_records,
                    records_are_checked_before_guards,
                    guards_are_checked_before_fences,
                    fences_are_checked_before_references,
                    references_are_checked_before_numbers,
                    an_act_on_several_tickets_applies_to_all,
                    an_act_that_applies_leaves_nothing_out,
                    guards_and_fences_that_hold_let_an_act_pass,
                    a_guard_on_something_absent_stops_when_it_is_there,
                    a_refused_act_leaves_no_key,
                    a_refused_act_draws_no_number,
                ],
                idempotency: [
                    the_same_key_and_request_give_the_first_answer,
                    the_first_ticket_of_an_act_is_its_answer,
                    the_same_key_with_another_request_is_refused,
                    keys_that_differ_at_all_are_different,
                    a_load_brings_what_a_key_gave,
                    an_answer_stays_while_its_ticket_changes,
                    an_act_on_records_alone_answers_with_no_ticket,
                    keys_are_forgotten_when_they_are_old_and_not_before,
                    forgetting_keys_keeps_to_its_limit,
                ],
                references: [
                    references_outlive_the_erasing_of_what_they_name,
                    a_reference_belongs_to_one_ticket_only,
                    references_of_messages_and_tickets_are_of_one_kind,
                    a_ticket_may_repeat_its_own_reference,
                    two_tickets_of_one_act_cannot_share_a_reference,
                    references_that_differ_at_all_are_different,
                    references_are_not_forgotten_with_keys,
                ],
                history: [
                    places_count_from_one_without_a_gap,
                    an_act_says_where_its_first_event_stands,
                    the_history_folds_to_the_stored_ticket,
                    a_page_of_history_goes_on_behind_a_place,
                    events_come_back_exactly_as_they_were_written,
                    what_was_before_stands_beside_its_event,
                    a_lock_event_stands_in_the_history_and_not_in_the_version,
                    the_history_goes_on_behind_a_lock_event,
                    a_lock_that_is_not_swapped_leaves_no_event,
                    erasing_takes_every_revision_and_no_event,
                ],
                conversation: [
                    messages_come_back_by_rising_position,
                    a_range_gives_what_lies_in_it,
                    a_range_without_messages_is_empty,
                    a_message_comes_back_exactly_as_it_was_written,
                    notes_stay_notes,
                    several_messages_of_one_act_are_all_there,
                    later_acts_leave_earlier_messages_alone,
                    erasing_leaves_tombstones_in_their_places,
                    what_the_erasing_act_adds_stands,
                ],
                queries: [
                    lists_of_random_tickets_agree_with_the_core,
                    lists_follow_every_change,
                    every_order_is_the_comparators,
                    critical_comes_first_and_the_oldest_among_equals,
                    ids_break_every_tie,
                    what_is_not_due_comes_last,
                    a_due_time_kept_to_the_instant_is_not_overdue,
                    a_lock_is_running_until_it_expires,
                    unread_follows_the_readers_mark,
                    deleted_tickets_are_in_no_list,
                    all_leaves_spam_out_and_spam_has_only_spam,
                    a_requester_sees_their_own_and_what_they_take_part_in,
                    words_are_found_by_their_stems,
                    a_ticket_needs_every_tag_that_is_asked_for,
                    names_in_filters_are_no_patterns,
                    ranges_of_time_are_half_open,
                    rows_bring_the_ticket_its_lock_and_the_mark,
                    a_changed_priority_moves_a_ticket_in_its_list,
                    who_takes_part_is_found,
                ],
                pages: [
                    pages_of_random_lists_give_every_ticket_once,
                    pages_of_every_order_give_every_ticket_once,
                    a_full_last_page_has_no_next,
                    an_empty_list_has_no_next,
                    a_page_behind_the_last_ticket_is_empty,
                    a_change_between_pages_shifts_no_other_ticket,
                    a_position_between_tickets_goes_on_behind_it,
                    the_same_page_asked_twice_is_the_same,
                    the_largest_page_has_five_hundred,
                ],
                counts: [
                    counts_of_random_tickets_agree_with_the_core,
                    counts_follow_every_change,
                    groups_come_in_bytewise_order,
                    nobody_counts_under_the_empty_name,
                    groups_without_tickets_are_left_out,
                    a_count_does_not_depend_on_the_order,
                    a_refused_act_counts_nothing,
                    counts_of_unread_tickets_follow_every_message_and_every_mark,
                ],
                timers: [
                    a_timer_is_due_at_its_instant_and_not_before,
                    a_resolved_ticket_is_due_to_close,
                    timers_come_earliest_first,
                    a_limit_takes_the_earliest,
                    asking_what_is_due_claims_nothing,
                    a_ticket_that_does_not_wait_any_more_is_not_due,
                    a_moved_timer_is_due_at_its_new_instant_only,
                    a_timer_stays_while_other_things_change,
                    a_fired_timer_is_gone,
                    a_refused_act_sets_no_timer,
                    shards_split_the_timers_and_lose_none,
                    timers_of_all_tenants_come_in_one_order,
                ],
                numbers: [
                    the_first_number_is_one,
                    drawn_numbers_rise,
                    every_scope_counts_for_itself,
                    two_tickets_of_one_act_get_two_numbers,
                    a_given_number_is_kept_as_it_is_written,
                    a_taken_number_is_refused_in_every_spelling,
                    a_drawn_number_cannot_be_given_again,
                    two_tickets_of_one_act_cannot_be_given_one_number,
                    drawing_skips_a_number_that_is_taken,
                    drawing_goes_on_behind_a_raised_sequence,
                    the_number_of_a_ticket_never_changes,
                    the_number_of_a_deleted_ticket_stays_taken,
                    a_number_wider_than_its_template_widens,
                ],
                locks: [
                    a_ticket_never_locked_has_the_default_slot,
                    a_slot_that_is_as_seen_is_swapped,
                    a_slot_that_moved_is_not_swapped,
                    the_whole_slot_is_compared_and_not_its_token_alone,
                    a_ticket_that_is_not_there_is_not_locked,
                    a_slot_comes_back_exactly_as_it_was_written,
                    a_released_slot_keeps_its_token,
                    the_store_judges_no_expiry,
                    locking_leaves_the_ticket_alone,
                    a_commit_leaves_the_lock_alone,
                    an_act_fenced_by_an_old_lock_is_refused_with_the_new_one,
                    a_fence_on_an_unlocked_ticket_holds_until_somebody_locks_it,
                ],
                outbox: [
                    a_lock_event_is_delivered_if_it_is_asked_for,
                    every_event_of_an_act_is_delivered,
                    an_act_that_does_not_ask_is_not_told,
                    a_refused_act_is_not_told,
                    a_replayed_act_is_told_once,
                    a_position_is_never_given_twice,
                    positions_are_those_of_the_whole_store,
                    what_is_claimed_is_not_given_to_another,
                    a_claim_keeps_to_its_limit_and_takes_the_oldest,
                    later_events_wait_while_an_earlier_one_is_held,
                    what_is_acknowledged_is_gone,
                    acknowledging_some_leaves_the_others_held,
                    what_was_not_acknowledged_in_time_is_delivered_again,
                    a_token_that_lost_its_hold_does_nothing,
                    what_is_given_back_waits_for_its_retry,
                    what_is_given_back_at_once_can_be_claimed_at_once,
                    events_of_a_ticket_come_in_the_order_of_its_history,
                    shards_split_the_deliveries_and_lose_none,
                ],
                records: [
                    versions_of_a_record_count_from_one,
                    a_record_must_be_as_expected,
                    a_record_taken_away_begins_again_at_one,
                    keys_that_differ_at_all_are_different,
                    records_come_in_bytewise_order,
                    a_page_of_records_goes_on_behind_a_key,
                    kinds_do_not_meet,
                    a_count_is_of_all_records_of_its_kind,
                    values_come_back_exactly_as_they_were_written,
                    several_records_of_one_act_stand_or_fall_together,
                    taking_away_what_is_not_there_is_nothing,
                ],
                marks: [
                    a_mark_never_goes_back,
                    zero_takes_a_mark_away,
                    marks_are_each_agents_own_on_each_ticket,
                    a_mark_on_a_ticket_that_is_not_there_is_passed_over,
                    reading_leaves_the_ticket_alone,
                    a_mark_stays_while_the_ticket_changes,
                    all_marks_of_a_ticket_are_told_in_bytewise_order,
                ],
                tenants: [
                    the_same_id_in_two_tenants_is_two_tickets,
                    nothing_of_a_tenant_is_seen_from_another,
                    lists_and_counts_have_ones_own_only,
                    numbers_are_each_tenants_own,
                    keys_and_references_are_each_tenants_own,
                    locks_and_marks_are_each_tenants_own,
                    records_are_each_tenants_own,
                    timers_and_deliveries_say_whose_they_are,
                    erasing_in_one_tenant_erases_nothing_in_another,
                    tenants_whose_names_differ_at_all_are_different,
                    tenants_with_anything_stored_are_listed_rising,
                ],
                limits: [
                    the_most_tickets_of_one_act_are_applied,
                    an_act_on_more_tickets_than_that_is_refused_whole,
                    the_longest_message_comes_back,
                    the_longest_subject_comes_back,
                    the_longest_names_are_found,
                    the_most_tags_are_kept_and_found,
                    the_furthest_instants_are_kept,
                ],
                unicode: [
                    subjects_bodies_and_revisions_come_back_byte_for_byte,
                    names_that_look_alike_are_different,
                    references_that_look_alike_are_different,
                    words_are_found_across_case_and_accents,
                ],
                maintenance: [
                    a_fresh_store_needs_no_migration,
                    migrating_again_changes_nothing,
                    a_check_finds_nothing_in_a_sound_store,
                    closing_twice_is_fine,
                    a_closed_store_is_unavailable,
                ],
                reopen: [
                    everything_acknowledged_is_there_again,
                    a_lock_token_is_never_given_twice,
                    numbers_and_versions_go_on,
                    a_key_is_remembered,
                    timers_and_deliveries_are_not_lost,
                    unread_is_answered_at_all,
                    tenants_whose_names_differ_at_all_are_still_apart,
                    holds_attempts_and_positions_of_deliveries_stand,
                ],
                races: [
                    of_many_acts_on_one_version_one_is_applied,
                    tickets_opened_at_once_get_different_numbers,
                    numbers_drawn_at_once_have_no_gap,
                    of_many_who_swap_one_lock_one_has_it,
                    of_many_equal_requests_one_is_applied_and_the_others_replayed,
                    of_many_tickets_with_one_reference_one_is_opened,
                    a_record_counted_up_by_many_loses_no_count,
                    two_claims_at_once_never_give_the_same_delivery,
                    a_reader_never_sees_half_an_act,
                    acts_on_different_tickets_do_not_disturb_each_other,
                    a_lock_that_moves_stops_the_act_it_fences,
                ],
        }
    };
}

/// Stamps the conformance kit: one `#[tokio::test]` per rule, in a module `conformance`.
///
/// The argument is an expression that gives a [`Subject`](crate::conformance::Subject); it is evaluated anew for
/// each test. Use it once in a module, which must not have another item named `conformance`.
#[macro_export]
macro_rules! stamp_conformance {
    ($subject:expr) => {
        $crate::__conformance_table! { __conformance_tests $subject }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ({ $subject:expr } $($group:ident: [$($rule:ident,)*],)*) => {
        mod conformance {
            use super::*;

            fn subject() -> impl $crate::conformance::Subject + 'static {
                $crate::conformance::Spawning::new($subject, |task| {
                    ::std::boxed::Box::pin(async move {
                        if let Err(failed) = ::tokio::spawn(task).await {
                            ::std::panic::resume_unwind(failed.into_panic());
                        }
                    })
                })
            }

            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "prints the table for the backend's README"]
            async fn the_table() {
                ::std::println!("{}", $crate::conformance::certify(::std::sync::Arc::new(subject())).await);
            }

            $(
                mod $group {
                    use super::*;
                    $(
                        #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
                        async fn $rule() {
                            let subject = subject();
                            if $crate::conformance::is_lacking(&subject, stringify!($group), stringify!($rule)).await {
                                return;
                            }
                            let verdict = $crate::conformance::$group::$rule(&subject).await.into();
                            $crate::conformance::announce(stringify!($group), stringify!($rule), verdict);
                        }
                    )*
                }
            )*
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_list {
    ({} $($group:ident: [$($rule:ident,)*],)*) => {
        &[$($(
            $crate::conformance::Rule {
                group: stringify!($group),
                name: stringify!($rule),
                run: |subject| Box::pin(async move { $crate::conformance::$group::$rule(&*subject).await.into() }),
            },
        )*)*]
    };
}

/// Every rule, by concern.
pub fn rules() -> &'static [Rule] {
    crate::__conformance_table! { __conformance_list }
}
