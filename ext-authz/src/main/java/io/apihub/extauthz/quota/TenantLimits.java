package io.apihub.extauthz.quota;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.Allowance;
import io.apihub.extauthz.credit.Allowances;
import io.apihub.extauthz.credit.Subject;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All limits of one tenant at one revision, and its account. Which of them apply to a model is
 * found out once for each model, and from what a key takes once for each key. Thread safe.
 */
public final class TenantLimits {

    private static final KeyUid ANY = new KeyUid(0, 0);

    private final ByteString tenant;
    private final boolean unmetered;
    private final Limit[] limits;
    private final Allowances allowances;
    private final boolean sameForAllKeys;

    /** Ordinals of the limits that cover a model. */
    private final ConcurrentHashMap<String, int[]> byModel = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<KeyUid, KeyAllowances> byKey = new ConcurrentHashMap<>();

    /**
     * The limits of one tenant.
     *
     * @param unmetered takes nothing of an account
     * @param limits those that are enforced; the tenant's own first
     */
    public TenantLimits(
            ByteString tenant, boolean unmetered, List<Limit> limits, Allowances allowances) {
        this.tenant = tenant;
        this.unmetered = unmetered;
        this.limits = limits.toArray(Limit[]::new);
        this.allowances = allowances;
        sameForAllKeys =
                limits.stream().allMatch(each -> each.keys() == KeySet.ALL && !each.perKey());
    }

    /** What one key takes from. */
    static final class KeyAllowances {

        private final @Nullable Allowance account;
        private final @Nullable Allowance[] ofLimits;

        private KeyAllowances(@Nullable Allowance account, @Nullable Allowance[] ofLimits) {
            this.account = account;
            this.ofLimits = ofLimits;
        }

        /** Null if the tenant is unmetered. */
        @Nullable Allowance account() {
            return account;
        }

        /** Null where the limit is not about this key, or is not understood. */
        @Nullable Allowance ofLimit(int ordinal) {
            return ofLimits[ordinal];
        }
    }

    /**
     * Finds what applies to a request.
     *
     * @param model one of the policy's: each is remembered
     * @param keyName asked for only when a key is new
     */
    public Applying applying(KeyUid key, String model, Supplier<String> keyName) {
        var ordinals = byModel.get(model);
        if (ordinals == null) {
            ordinals = byModel.computeIfAbsent(model, this::covering);
        }
        var subject = sameForAllKeys ? ANY : key;
        var own = byKey.get(subject);
        if (own == null) {
            own = byKey.computeIfAbsent(subject, uid -> allowancesOf(uid, keyName));
        }
        return new Applying(this, key, ordinals, own);
    }

    private int[] covering(String model) {
        var found = new int[limits.length];
        int count = 0;
        for (int i = 0; i < limits.length; i++) {
            if (limits[i].covers(model)) {
                found[count++] = i;
            }
        }
        return Arrays.copyOf(found, count);
    }

    private KeyAllowances allowancesOf(KeyUid key, Supplier<String> keyName) {
        var own = new @Nullable Allowance[limits.length];
        var name = sameForAllKeys ? "" : keyName.get();
        for (int i = 0; i < own.length; i++) {
            var how = limits[i].counts();
            boolean named = !limits[i].perKey() || !name.isEmpty();
            if (how != null && named && limits[i].keys().contains(key)) {
                own[i] = allowances.of(limits[i].subject(how, name), limits[i].amount());
            }
        }
        var account = unmetered ? null : allowances.of(Subject.account(tenant), Long.MAX_VALUE);
        return new KeyAllowances(account, own);
    }

    Limit limit(int ordinal) {
        return limits[ordinal];
    }
}
