package io.apihub.e2e.simulation;

import io.apihub.billing.budget.CreditStore;
import io.apihub.extauthz.credit.CreditTransport;
import io.apihub.extauthz.journal.BootId;
import io.apihub.extauthz.journal.Incarnation;
import io.apihub.extauthz.journal.JournalStorage;
import io.apihub.extauthz.usage.LogEntry;
import io.apihub.extauthz.usage.UsageTransport;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What the production classes are given. This is the honest set; a mutant gives one of them
 * something broken, as a bug would.
 */
class Parts {

    /** The rows as billing's decisions see them. */
    CreditStore store(CreditStore store) {
        return store;
    }

    /** Whether billing may grant. */
    BooleanSupplier granting(Bank bank) {
        return bank::isSynchronous;
    }

    /** The disk as one gateway's process sees it. */
    JournalStorage storage(JournalStorage storage) {
        return storage;
    }

    CreditTransport credit(CreditTransport transport) {
        return transport;
    }

    UsageTransport usage(UsageTransport transport) {
        return transport;
    }

    /** A gateway's monotonic clock. */
    LongSupplier nanos(LongSupplier nanos) {
        return nanos;
    }

    Incarnation incarnation(RandomGenerator random, int gateway) {
        return Incarnation.random(random);
    }

    /** What tells one life of a machine from the next. */
    BootId boot(BootId boot) {
        return boot;
    }

    /** The random part of hold ids. */
    RandomGenerator holdIds(RandomGenerator random, int gateway) {
        return random;
    }

    /** The time part of hold ids. */
    long idMillis(long millis) {
        return millis;
    }

    /** What is set aside for a request of this worst case. */
    Worst hold(Worst worst) {
        return worst;
    }

    /** No request takes longer, its log entry included. */
    Duration longest(Duration longest) {
        return longest;
    }

    /** Whether gateways take leases for a limit. */
    boolean isTold(Party.Cap cap) {
        return cap.isDeclared() && cap.isEnforced();
    }

    /** What Envoy's word is when it comes in; null = lost. */
    LogEntry entry(LogEntry entry) {
        return entry;
    }

    /** A request's worst case in tokens. */
    record Worst(long input, long output) {}
}
