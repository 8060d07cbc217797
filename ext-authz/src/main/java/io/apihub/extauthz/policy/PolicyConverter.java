package io.apihub.extauthz.policy;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.Allowances;
import io.apihub.extauthz.key.DigestWords;
import io.apihub.extauthz.key.KeyRow;
import io.apihub.extauthz.key.Network;
import io.apihub.extauthz.key.RareFacts;
import io.apihub.extauthz.quota.TenantLimits;
import io.apihub.model.price.ModelPattern;
import io.apihub.model.price.ModelPrice;
import io.apihub.model.price.PriceFactor;
import io.apihub.model.price.PriceSheet;
import io.apihub.policy.v1.ApiKey;
import io.apihub.policy.v1.BillingMode;
import io.apihub.policy.v1.Digest;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.Price;
import io.apihub.policy.v1.PriceBook;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Route;
import io.apihub.policy.v1.Tenant;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns the feed's messages into values.
 *
 * <p>Every method throws {@link IllegalArgumentException} for what makes no sense.
 */
final class PolicyConverter {

    private final Allowances allowances;

    PolicyConverter(Allowances allowances) {
        this.allowances = allowances;
    }

    TenantPolicy tenant(Tenant tenant, List<Quota> quotas) {
        boolean unmetered = tenant.getBillingMode() == BillingMode.BILLING_MODE_UNMETERED;
        return new TenantPolicy(
                tenant.getTenantId(),
                tenant.getName(),
                tenant.getSuspended(),
                unmetered,
                tenant.getClamp(),
                new PriceFactor(tenant.getPriceFactorMillionths()),
                patterns(tenant.getAllowedModelsList()),
                new TenantLimits(
                        tenant.getTenantId(),
                        unmetered,
                        LimitConverter.enforced(tenant, quotas),
                        allowances));
    }

    static KeyRow key(ApiKey key, int tenant) {
        if (key.getDigestsCount() == 0) {
            throw new IllegalArgumentException("a key without a digest");
        }
        return new KeyRow(
                key.getKeyId(),
                high(key.getUid()),
                low(key.getUid()),
                tenant,
                words(key.getDigests(0)),
                key.getDisabled(),
                key.getExpiresAtMillis(),
                rare(key),
                key.getName());
    }

    private static @Nullable RareFacts rare(ApiKey key) {
        boolean plain =
                key.getNotBeforeMillis() == 0
                        && key.getAllowedModelsCount() == 0
                        && key.getAllowedCidrsCount() == 0
                        && key.getDigestsCount() == 1
                        && key.getDigests(0).getNotAfterMillis() == 0;
        if (plain) {
            return null;
        }
        return new RareFacts(
                key.getNotBeforeMillis(),
                patterns(key.getAllowedModelsList()),
                key.getAllowedCidrsList().stream().map(Network::parse).toList(),
                key.getDigests(0).getNotAfterMillis(),
                key.getDigestsList().stream()
                        .skip(1)
                        .map(d -> new RareFacts.PreviousDigest(words(d), d.getNotAfterMillis()))
                        .toList());
    }

    static ModelPolicy model(Model model) {
        var figures =
                new ModelFigures(
                        model.getContextTokens(),
                        model.getMaxOutputTokens(),
                        model.getTokensPerMillionBytes(),
                        model.getImageTokens(),
                        model.getFileTokens(),
                        model.getInputOverheadTokens(),
                        model.getEnforcesMaxTokens());
        var upstream =
                model.getUpstreamName().isEmpty() ? model.getName() : model.getUpstreamName();
        return new ModelPolicy(
                model.getName(),
                upstream,
                model.getRoutesList().stream()
                        .collect(Collectors.toMap(Route::getProtocol, Route::getPool)),
                figures,
                model.getAlwaysSendsUsage());
    }

    static PriceSheet sheet(PriceBook book) {
        return new PriceSheet(
                book.getVersion(),
                book.getCurrency(),
                Instant.ofEpochMilli(book.getInForceFromMillis()),
                book.getPricesList().stream().map(PolicyConverter::price).toList());
    }

    private static ModelPrice price(Price price) {
        return new ModelPrice(
                new ModelPattern(price.getModel()),
                price.getInput(),
                price.getCachedInput(),
                price.getCacheWrite(),
                price.getCacheWrite1H(),
                price.getOutput(),
                price.getPerRequest(),
                price.getPricedPerRequest());
    }

    static List<ModelPattern> patterns(List<String> globs) {
        return globs.stream().map(ModelPattern::new).toList();
    }

    private static DigestWords words(Digest digest) {
        return DigestWords.of(digest.getSha256().asReadOnlyByteBuffer());
    }

    static long high(ByteString uid) {
        if (uid.size() != 16) {
            throw new IllegalArgumentException("a uid has 16 bytes, not " + uid.size());
        }
        return uid.asReadOnlyByteBuffer().getLong(0);
    }

    static long low(ByteString uid) {
        return uid.asReadOnlyByteBuffer().getLong(8);
    }
}
