package io.apihub.extauthz.check;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.HoldListener;
import io.apihub.extauthz.policy.PolicySnapshot;
import io.apihub.extauthz.policy.TenantPolicy;
import io.apihub.extauthz.quota.Admission;
import io.apihub.extauthz.quota.KeyUid;
import io.apihub.extauthz.quota.QuotaLimiter;
import io.apihub.usage.v1.Hold;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The slots that requests in flight occupy, so that they are free again when their holds end. After
 * a restart the holds that the journal found open occupy theirs again, as soon as the policy says
 * which. Thread safe.
 */
public final class OpenRequests implements HoldListener {

    private final ConcurrentHashMap<ByteString, Admission> occupied = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ByteString, Hold> recovered = new ConcurrentHashMap<>();
    private final QuotaLimiter limiter;

    public OpenRequests(QuotaLimiter limiter) {
        this.limiter = limiter;
    }

    /** Before the hold is taken, so that even the quickest end finds it. */
    void opened(ByteString holdId, Admission admission) {
        if (admission.holdsSlots()) {
            occupied.put(holdId, admission);
        }
    }

    /** The hold was never taken; the caller gives back what the admission took. */
    void neverOpened(ByteString holdId) {
        occupied.remove(holdId);
    }

    @Override
    public void released(Hold hold) {
        recovered.remove(hold.getHoldId());
        var admission = occupied.remove(hold.getHoldId());
        if (admission != null) {
            admission.release();
        }
    }

    @Override
    public void recovered(Hold hold) {
        recovered.put(hold.getHoldId(), hold);
    }

    /** To be told each new policy: the first one says which slots recovered requests occupy. */
    public void occupyRecovered(PolicySnapshot policy) {
        if (recovered.isEmpty() || policy.epoch().isEmpty()) {
            return;
        }
        for (var id : recovered.keySet()) {
            recovered.computeIfPresent(
                    id,
                    (same, hold) -> {
                        occupy(hold, policy);
                        return null;
                    });
        }
    }

    private void occupy(Hold hold, PolicySnapshot policy) {
        var tenant = tenant(hold, policy);
        if (tenant == null) {
            return;
        }
        var uid = hold.getKeyUid().asReadOnlyByteBuffer();
        var key = new KeyUid(uid.getLong(0), uid.getLong(8));
        var admission = limiter.reoccupy(tenant.quotas(), key, hold.getModel());
        if (admission.holdsSlots()) {
            occupied.put(hold.getHoldId(), admission);
        }
    }

    private static @Nullable TenantPolicy tenant(Hold hold, PolicySnapshot policy) {
        for (var tenant : policy.tenants()) {
            if (tenant.isPresent() && tenant.get().id().equals(hold.getTenantId())) {
                return tenant.get();
            }
        }
        return null;
    }
}
