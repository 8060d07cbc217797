package io.apihub.billing.budget;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.CannotCreateTransactionException;

/** Does what waits, in its order; grants that wait together share one transaction. */
final class CreditClerk {

    private static final Logger LOG = LoggerFactory.getLogger(CreditClerk.class);

    private final Leases leases;
    private final LongSupplier ticker;
    private final MeterRegistry metrics;

    CreditClerk(Leases leases, LongSupplier ticker, MeterRegistry metrics) {
        this.leases = leases;
        this.ticker = ticker;
        this.metrics = metrics;
    }

    void process(List<CreditWork> batch) {
        var grants = new ArrayList<CreditWork.Grant>();
        for (var work : batch) {
            switch (work) {
                case CreditWork.Grant grant -> grants.add(grant);
                case CreditWork.Other other -> {
                    grant(grants);
                    grants.clear();
                    other.task().run();
                }
            }
        }
        grant(grants);
    }

    private void grant(List<CreditWork.Grant> grants) {
        var timely = new ArrayList<CreditWork.Grant>();
        for (var grant : grants) {
            if (isTimely(grant)) {
                timely.add(grant);
            } else {
                refuse(grant);
            }
        }
        if (!timely.isEmpty()) {
            grantTimely(timely);
        }
    }

    private boolean isTimely(CreditWork.Grant grant) {
        return ticker.getAsLong() - grant.deadlineNanos() < 0;
    }

    private void grantTimely(List<CreditWork.Grant> grants) {
        try {
            var answers = leases.grant(grants.stream().map(CreditWork.Grant::ask).toList());
            for (int i = 0; i < answers.size(); i++) {
                count(answers.get(i));
                grants.get(i).answer().accept(answers.get(i));
            }
        } catch (CannotCreateTransactionException e) {
            LOG.warn("no grants: {}", e.toString());
            grants.forEach(this::refuse);
        } catch (RuntimeException e) {
            // One bad request must not fail its neighbours; and if the transaction was committed
            // and nobody heard of it, each finds what it was granted.
            LOG.info("each grant alone, after {}", e.toString());
            grants.forEach(this::grantAloneIfTimely);
        }
    }

    /** The first attempt may have waited long for a lock: all others would wait for the next. */
    private void grantAloneIfTimely(CreditWork.Grant grant) {
        if (isTimely(grant)) {
            grantAlone(grant);
        } else {
            refuse(grant);
        }
    }

    private void grantAlone(CreditWork.Grant grant) {
        Answer answer;
        try {
            answer = leases.grant(List.of(grant.ask())).getFirst();
        } catch (RuntimeException e) {
            LOG.warn("no grant: {}", e.toString());
            refuse(grant);
            return;
        }
        count(answer);
        grant.answer().accept(answer);
    }

    private void refuse(CreditWork.Grant grant) {
        var answer = Answer.refuseAll(grant.ask(), Answer.Reason.NOT_GRANTING);
        count(answer);
        grant.answer().accept(answer);
    }

    private void count(Answer answer) {
        var result =
                switch (answer) {
                    case Answer.Granted granted -> "granted";
                    case Answer.Refused refused ->
                            refused.refusals().isEmpty()
                                    ? "refused"
                                    : refused.refusals()
                                            .getFirst()
                                            .reason()
                                            .name()
                                            .toLowerCase(Locale.ROOT);
                };
        metrics.counter("apihub_billing_grants", "result", result).increment();
    }
}
