//! What every ledger promises.

pub mod claims;
pub mod dead_letters;
pub mod deliveries;
pub mod effects;
pub mod forget;
pub mod intake;
pub mod law;
pub mod many;
pub mod order;
pub mod people;
pub mod recovery;
pub mod twin;
pub mod view;

use crate::contracts::ledger::twin::Twin;
use runtime::ports::ledger::Ledger;
use runtime::ports::records::Records;
use std::sync::Arc;

/// Runs every case, each on a new ledger.
#[allow(clippy::too_many_lines)] // it lists the cases
pub async fn all<F, Made>(make: F)
where
    F: Fn() -> Made,
    Made: Future<Output = (Arc<dyn Ledger>, Arc<dyn Records>)>,
{
    let new = async || Twin::of(make().await);
    intake::a_new_message_waits(new().await).await;
    intake::a_duplicate_changes_nothing(new().await).await;
    intake::a_duplicate_inside_one_call_is_seen(new().await).await;
    intake::a_message_without_a_conversation_finds_its_own(new().await).await;
    intake::an_agents_message_gives_the_ticket_to_a_person(new().await).await;
    intake::media_and_the_carriers_answer_are_kept(new().await).await;
    intake::malformed_bytes_are_a_dead_letter_once(new().await).await;
    claims::a_turn_is_not_due_inside_the_burst_window(new().await).await;
    claims::a_burst_is_one_turn(new().await).await;
    claims::a_burst_without_end_is_claimed_at_its_maximum(new().await).await;
    claims::the_oldest_turn_comes_first(new().await).await;
    claims::a_claim_in_force_keeps_others_away(new().await).await;
    claims::after_the_lease_the_turn_is_claimed_with_a_higher_fence(new().await).await;
    claims::a_lease_from_before_the_clock_went_back_does_not_hold(new().await).await;
    claims::a_stale_fence_cannot_write(new().await).await;
    claims::a_newer_message_supersedes_the_decision(new().await).await;
    claims::an_agents_message_supersedes_the_decision(new().await).await;
    claims::a_postponed_turn_comes_back_with_one_more_attempt(new().await).await;
    claims::a_new_message_ends_a_postponement(new().await).await;
    claims::nothing_is_claimed_while_paused(new().await).await;
    claims::a_long_conversation_brings_its_newest_messages(new().await).await;
    effects::effects_begin_in_their_order(new().await).await;
    effects::a_send_that_is_done_stands_right_behind_what_it_answers(new().await).await;
    effects::the_parts_of_a_reply_keep_their_order(new().await).await;
    effects::a_send_is_cancelled_when_a_newer_message_came(new().await).await;
    effects::a_send_is_cancelled_when_a_person_wrote(new().await).await;
    effects::a_send_is_cancelled_when_the_customer_has_opted_out_since(new().await).await;
    effects::the_confirmation_of_an_opt_out_still_goes(new().await).await;
    effects::a_newer_decision_cancels_what_the_older_would_say(new().await).await;
    effects::a_send_that_is_begun_keeps_the_conversation_closed(new().await).await;
    effects::an_effect_to_be_tried_again_waits_until_then(new().await).await;
    effects::an_effect_is_settled_once(new().await).await;
    effects::tags_stand_on_the_ticket_once_done(new().await).await;
    effects::an_escalation_makes_a_person_the_owner(new().await).await;
    recovery::a_lost_send_becomes_unknown_and_is_looked_up_after_settling(new().await).await;
    recovery::nothing_is_taken_back_while_its_lease_holds(new().await).await;
    recovery::a_worker_that_starts_takes_back_its_own(new().await).await;
    recovery::the_late_answer_of_a_slow_worker_counts_until_the_look_up(new().await).await;
    recovery::an_unknown_send_that_is_not_found_is_sent_again(new().await).await;
    recovery::a_look_up_is_claimed_by_one_worker(new().await).await;
    recovery::what_was_put_off_before_the_clock_went_back_is_due_now(new().await).await;
    recovery::a_send_is_known_by_the_vendors_id(new().await).await;
    dead_letters::a_turn_given_up_is_a_dead_letter_and_a_persons(new().await).await;
    dead_letters::a_turn_tried_again_is_due_at_once(new().await).await;
    dead_letters::a_discarded_dead_letter_is_closed_for_good(new().await).await;
    dead_letters::a_failed_send_is_a_dead_letter_and_an_escalation(new().await).await;
    dead_letters::a_failed_part_keeps_the_later_parts_unsent(new().await).await;
    dead_letters::a_failed_tag_is_a_dead_letter_alone(new().await).await;
    dead_letters::a_send_that_may_have_happened_is_looked_up_before_it_is_tried_again(new().await).await;
    dead_letters::malformed_bytes_cannot_be_tried_again(new().await).await;
    deliveries::news_of_an_unknown_send_prove_that_it_happened(new().await).await;
    deliveries::news_of_a_send_that_waits_to_be_tried_again_keep_it_from_being_sent(new().await).await;
    deliveries::news_in_any_order_end_where_the_way_ends(new().await).await;
    deliveries::a_message_lost_on_the_way_is_a_persons(new().await).await;
    deliveries::an_opt_out_with_the_carrier_is_kept(new().await).await;
    deliveries::news_of_nothing_are_nothing(new().await).await;
    deliveries::an_effect_names_both_numbers(new().await).await;
    deliveries::a_draft_is_thrown_away_when_the_conversation_moved(new().await).await;
    deliveries::the_record_of_a_send_goes_with_the_send(new().await).await;
    deliveries::a_bill_is_asked_for_until_it_has_a_price(new().await).await;
    deliveries::the_newest_message_of_others_is_known_by_its_time(new().await).await;
    people::what_a_person_writes_beside_the_channel_is_sent_on_once(new().await).await;
    people::a_persons_answer_goes_out_instead_of_the_bots(new().await).await;
    people::nothing_is_sent_on_after_an_opt_out_and_the_person_is_told(new().await).await;
    people::only_fresh_answers_to_what_came_in_here_are_sent_on(new().await).await;
    people::an_unknown_relay_keeps_the_next_one_waiting(new().await).await;
    people::a_ticket_that_is_given_back_is_nobodys_until_it_is_taken_again(new().await).await;
    order::the_ledger_says_when_something_is_due_next(new().await).await;
    order::a_later_message_stands_behind_an_earlier_reply(new().await).await;
    view::an_opt_out_holds_for_all_conversations_with_the_number(new().await).await;
    view::an_opt_out_counts_from_the_message_that_asked(new().await).await;
    view::a_stop_holds_though_the_clock_went_back_after_a_start(new().await).await;
    view::a_decision_is_found_by_its_id_its_messages_and_its_ticket(new().await).await;
    view::decisions_are_counted_by_action_and_reason(new().await).await;
    view::what_is_not_there_is_not_found(new().await).await;
    forget::a_proposal_that_quotes_a_removed_source_is_emptied(new().await).await;
    forget::a_reply_that_was_said_stays(new().await).await;
    forget::a_reply_that_was_never_said_is_emptied(new().await).await;
    forget::other_sources_are_left_alone(new().await).await;
}
