package io.apihub.extauthz.credit;

import io.apihub.credit.v1.Inventory;
import io.apihub.credit.v1.LeaseState;
import io.apihub.extauthz.journal.Found;

/** What was found in the journal, as it is said to billing. */
final class FoundMessage {

    private FoundMessage() {}

    static io.apihub.credit.v1.Found of(Found found) {
        var message = io.apihub.credit.v1.Found.newBuilder().setTimeline(found.timeline());
        found.open()
                .forEach((incarnation, byLease) -> {
                    var inventory = Inventory.newBuilder().setIncarnation(incarnation.bytes());
                    byLease.forEach((id, open) ->
                            inventory.addLeases(
                                    LeaseState.newBuilder().setLeaseId(id).setOpen(open)));
                    message.addIncarnations(inventory);
                });
        return message.build();
    }
}
