package io.apihub.extauthz.policy;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.Allowances;
import io.apihub.extauthz.key.KeyIndex;
import io.apihub.model.price.PriceSheet;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.PriceBook;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Removed;
import io.apihub.policy.v1.Tenant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed's objects as they were sent, from which snapshots are made. For one thread. Only what a
 * change touches is made anew, so a delta costs the same however many keys there are.
 */
final class PolicyState {

    private static final Logger log = LoggerFactory.getLogger(PolicyState.class);

    private final PolicyConverter convert;
    private final Map<ByteString, Integer> ordinals = new HashMap<>();
    private final Map<ByteString, Tenant> tenants = new HashMap<>();
    private final Map<ByteString, Quota> quotas = new HashMap<>();
    private final Map<String, ModelPolicy> models = new HashMap<>();
    private final Map<ByteString, PriceSheet> books = new HashMap<>();
    private final Set<ByteString> touchedTenants = new HashSet<>();
    private boolean pricesTouched;
    private List<Optional<TenantPolicy>> built = List.of();
    private PriceTimeline prices = PriceTimeline.EMPTY;
    private KeyIndex keys = KeyIndex.EMPTY;
    private KeyIndex.Builder keyChanges = keys.change();

    PolicyState(Allowances allowances) {
        convert = new PolicyConverter(allowances);
    }

    void apply(Change change) {
        try {
            switch (change.getObjectCase()) {
                case TENANT -> put(change.getTenant());
                case API_KEY -> put(change.getApiKey());
                case QUOTA -> put(change.getQuota());
                case MODEL -> put(change.getModel());
                case PRICE_BOOK -> put(change.getPriceBook());
                case REMOVED -> remove(change.getRemoved());
                case OBJECT_NOT_SET -> log.warn("a kind of object that this version does not know");
            }
        } catch (IllegalArgumentException e) {
            // One object that makes no sense must not stop the others; without it the answer is no.
            log.error("revision {}: {} refused", change.getRevision(), change.getObjectCase(), e);
            forget(change);
        }
    }

    private void forget(Change change) {
        switch (change.getObjectCase()) {
            case TENANT -> removeTenant(change.getTenant().getTenantId());
            case API_KEY -> removeKey(change.getApiKey().getUid());
            case MODEL -> removeModel(change.getModel().getName());
            case QUOTA, PRICE_BOOK, REMOVED, OBJECT_NOT_SET -> {}
        }
    }

    private void put(Tenant tenant) {
        tenants.put(tenant.getTenantId(), tenant);
        touchedTenants.add(tenant.getTenantId());
        ordinalOf(tenant.getTenantId());
        convert.tenant(tenant, List.of());
    }

    private void put(io.apihub.policy.v1.ApiKey key) {
        keyChanges.put(PolicyConverter.key(key, ordinalOf(key.getTenantId())));
    }

    private void put(Quota quota) {
        var old = quotas.put(quota.getUid(), quota);
        if (old != null) {
            touchedTenants.add(old.getTenantId());
        }
        touchedTenants.add(quota.getTenantId());
    }

    private void put(Model model) {
        models.put(model.getName(), PolicyConverter.model(model));
        pricesTouched = true;
    }

    private void put(PriceBook book) {
        books.put(book.getUid(), PolicyConverter.sheet(book));
        pricesTouched = true;
    }

    private void remove(Removed removed) {
        switch (removed.getKind()) {
            case KIND_TENANT -> removeTenant(removed.getUid());
            case KIND_API_KEY -> removeKey(removed.getUid());
            case KIND_QUOTA -> {
                var old = quotas.remove(removed.getUid());
                if (old != null) {
                    touchedTenants.add(old.getTenantId());
                }
            }
            case KIND_MODEL -> removeModel(removed.getName());
            case KIND_PRICE_BOOK -> pricesTouched |= books.remove(removed.getUid()) != null;
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                    log.warn("removal of a kind that this version does not know");
        }
    }

    private void removeTenant(ByteString id) {
        tenants.remove(id);
        touchedTenants.add(id);
    }

    private void removeKey(ByteString uid) {
        keyChanges.remove(PolicyConverter.high(uid), PolicyConverter.low(uid));
    }

    private void removeModel(String name) {
        models.remove(name);
        pricesTouched = true;
    }

    private int ordinalOf(ByteString tenantId) {
        return ordinals.computeIfAbsent(tenantId, id -> ordinals.size());
    }

    PolicySnapshot build(String epoch, long revision) {
        keys = keyChanges.build();
        keyChanges = keys.change();
        if (!touchedTenants.isEmpty() || built.size() < ordinals.size()) {
            rebuildTenants();
        }
        if (pricesTouched) {
            prices = new PriceTimeline(books.values(), models.keySet());
            pricesTouched = false;
        }
        return new PolicySnapshot(epoch, revision, keys, built, models, prices);
    }

    private void rebuildTenants() {
        var byTenant = new HashMap<ByteString, List<Quota>>();
        for (var quota : quotas.values()) {
            if (touchedTenants.contains(quota.getTenantId())) {
                byTenant.computeIfAbsent(quota.getTenantId(), id -> new ArrayList<>()).add(quota);
            }
        }
        var all = new ArrayList<>(built);
        while (all.size() < ordinals.size()) {
            all.add(Optional.empty());
        }
        for (var id : touchedTenants) {
            var ordinal = ordinals.get(id);
            if (ordinal != null) {
                var tenant = Optional.ofNullable(tenants.get(id));
                all.set(
                        ordinal,
                        tenant.map(t -> convert.tenant(t, byTenant.getOrDefault(id, List.of()))));
            }
        }
        touchedTenants.clear();
        built = List.copyOf(all);
    }
}
