package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import io.apihub.credit.v1.Account;
import io.apihub.credit.v1.Budget;
import io.apihub.credit.v1.Share;
import java.util.Objects;

/**
 * What leases are of. Limits are known by their names, so that deleting and recreating a quota
 * resets nothing.
 *
 * @param tenant 16 bytes
 * @param quota empty for the tenant's own limits
 * @param key the key's name; empty = the target as a whole
 */
public record Subject(
        Kind kind,
        Metric metric,
        ByteString tenant,
        String namespace,
        String quota,
        String limit,
        String key) {

    /** How the amount is kept. */
    public enum Kind {
        /** A tenant's money. */
        ACCOUNT,
        /** One counter of one limit in one window. */
        BUDGET,
        /** A share of a rate a minute. */
        RATE,
        /** A share of the requests that may be in flight at once. */
        SLOTS
    }

    /** Without what is another one in each process: one seed is one run of the simulation. */
    @Override
    public int hashCode() {
        int names = Objects.hash(namespace, quota, limit, key);
        return 31 * (31 * tenant.hashCode() + names)
                + 31 * kind.name().hashCode()
                + metric.name().hashCode();
    }

    public static Subject account(ByteString tenant) {
        return new Subject(Kind.ACCOUNT, Metric.COST, tenant, "", "", "", "");
    }

    /** How errors name the limit: {@code <quota>/<limit>}, or {@code tenant/<limit>}. */
    public String label() {
        return (quota.isEmpty() ? "tenant" : quota) + "/" + limit;
    }

    /** Whether billing settles what a hold took of it; shares are this gateway's own business. */
    boolean isSettledByBilling() {
        return kind == Kind.ACCOUNT || kind == Kind.BUDGET;
    }

    /** Whether the message is about the same, in whichever window. */
    boolean isSame(io.apihub.credit.v1.Subject message) {
        return switch (message.getSubjectCase()) {
            case ACCOUNT -> kind == Kind.ACCOUNT;
            case BUDGET -> {
                var it = message.getBudget();
                yield kind == Kind.BUDGET
                        && it.getQuotaName().equals(quota)
                        && it.getLimitName().equals(limit)
                        && it.getKeyName().equals(key);
            }
            case SHARE -> {
                var it = message.getShare();
                yield (kind == Kind.RATE || kind == Kind.SLOTS)
                        && it.getQuotaName().equals(quota)
                        && it.getLimitName().equals(limit)
                        && it.getKeyName().equals(key);
            }
            case SUBJECT_NOT_SET -> false;
        };
    }

    /**
     * @param windowStartMillis as in {@link Budget#getWindowStartMillis}
     */
    io.apihub.credit.v1.Subject toMessage(long windowStartMillis) {
        var message = io.apihub.credit.v1.Subject.newBuilder();
        return switch (kind) {
            case ACCOUNT -> message.setAccount(Account.newBuilder().setTenantId(tenant)).build();
            case BUDGET ->
                    message.setBudget(
                                    Budget.newBuilder()
                                            .setTenantId(tenant)
                                            .setQuotaNamespace(namespace)
                                            .setQuotaName(quota)
                                            .setLimitName(limit)
                                            .setKeyName(key)
                                            .setWindowStartMillis(windowStartMillis))
                            .build();
            case RATE, SLOTS ->
                    message.setShare(
                                    Share.newBuilder()
                                            .setTenantId(tenant)
                                            .setQuotaNamespace(namespace)
                                            .setQuotaName(quota)
                                            .setLimitName(limit)
                                            .setKeyName(key))
                            .build();
        };
    }
}
