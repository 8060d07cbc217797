package io.apihub.extauthz.credit;

import io.apihub.credit.v1.ReturnedLease;
import io.apihub.credit.v1.Want;
import io.apihub.extauthz.journal.UsageJournal;
import java.util.List;
import java.util.function.Consumer;

/**
 * Gives back only what no power cut can ask for again. What a request did not use is given back
 * when it is settled; were the settlement lost after billing has the money, the whole hold would be
 * charged to a lease that is no longer there.
 */
record DurableReturns(CreditLink link, UsageJournal journal) implements CreditLink {

    @Override
    public void ask(List<Want> wants, Consumer<GrantAnswer> done) {
        link.ask(wants, done);
    }

    @Override
    public void giveBack(ReturnedLease lease) {
        journal.whenOnDisk(() -> link.giveBack(lease));
    }

    @Override
    public long billingMillis(long nanos) {
        return link.billingMillis(nanos);
    }
}
