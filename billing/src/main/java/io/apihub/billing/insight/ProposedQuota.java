package io.apihub.billing.insight;

import io.apihub.billing.account.Keys;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.Metric;
import io.apihub.billing.budget.QuotaReplay.Proposed;
import io.apihub.billing.budget.Window;
import io.apihub.billing.kube.KeyLabels;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.model.money.Credits;
import io.apihub.model.price.ModelPattern;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The {@code spec} of a Quota that does not exist; what has no bearing on a replay is taken and
 * passed over.
 *
 * @param keys names of ApiKeys; absent: the tenant as a whole
 * @param selector labels of the keys that there are now; not beside {@code keys}
 * @param per Target or Key
 * @param timeZone IANA name; UTC if absent
 */
record ProposedQuota(
        @Nullable Object tenantRef,
        @Nullable String owner,
        @Nullable ProposedSelector selector,
        @Nullable List<@Nullable String> keys,
        @Nullable String per,
        @Nullable String mode,
        @Nullable String timeZone,
        @Nullable List<@Nullable ProposedLimit> limits) {

    private static final int MOST_LIMITS = 32;
    private static final int MOST_NAMES = 1_000;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern MONEY = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,6})?");

    /**
     * One limit, as a Quota has it.
     *
     * @param metric Requests, InputTokens, OutputTokens, TotalTokens, Cost or Concurrency
     * @param window Minute, Hour, Day, Week, Month or Total; absent for Concurrency
     * @param amount a whole number; for Cost a decimal in quotes
     * @param models globs; absent: every model
     */
    record ProposedLimit(
            @Nullable String name,
            @Nullable String metric,
            @Nullable String window,
            @Nullable JsonNode amount,
            @Nullable List<@Nullable String> models,
            @Nullable List<@Nullable Integer> alertPercent) {}

    /**
     * The limits to try.
     *
     * @throws Refused naming the first field that is wrong
     */
    List<Proposed> limits(Tenant tenant, Keys registry, KeyLabels labels) {
        var all = some();
        var zone = timeZone == null ? ZoneId.of("UTC") : zone(timeZone);
        boolean perKey = perKey();
        var uids = selector == null ? uids(tenant.id(), registry) : selected(tenant, labels);
        var proposed = new ArrayList<Proposed>();
        var names = new HashSet<String>();
        for (int i = 0; i < all.size(); i++) {
            var field = "spec.limits[" + i + "]";
            var limit = all.get(i);
            var name = limit == null ? null : limit.name();
            if (limit == null || name == null || !NAME.matcher(name).matches()) {
                throw invalid(
                        field + ".name",
                        "must be small letters, digits and hyphens, 1 to 63 characters");
            }
            if (!names.add(name)) {
                throw invalid(field + ".name", "must differ from the names before");
            }
            proposed.add(
                    new Proposed(
                            name,
                            limit(field, limit, zone, perKey),
                            uids,
                            models(field, limit.models())));
        }
        return proposed;
    }

    private List<@Nullable ProposedLimit> some() {
        if (limits == null || limits.isEmpty() || limits.size() > MOST_LIMITS) {
            throw invalid("spec.limits", "must have 1 to " + MOST_LIMITS + " limits");
        }
        return limits;
    }

    private boolean perKey() {
        return switch (per) {
            case null -> false;
            case "Target" -> false;
            case "Key" -> true;
            default -> throw invalid("spec.per", "must be Target or Key");
        };
    }

    private static ZoneId zone(String name) {
        try {
            return Groupings.zone(name);
        } catch (Refused e) {
            throw invalid("spec.timeZone", "must be UTC or a region such as Asia/Shanghai");
        }
    }

    private Set<UUID> selected(Tenant tenant, KeyLabels labels) {
        var wanted = Objects.requireNonNull(selector);
        if (keys != null && !keys.isEmpty()) {
            throw invalid("spec.selector", "must be absent where 'keys' are named");
        }
        wanted.check();
        return labels.of(tenant).entrySet().stream()
                .filter(key -> wanted.matches(key.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private @Nullable Set<UUID> uids(UUID tenant, Keys registry) {
        if (keys == null || keys.isEmpty()) {
            return null;
        }
        var names = texts(keys);
        if (names.size() > MOST_NAMES || names.size() < keys.size()) {
            throw invalid("spec.keys", "must have at most " + MOST_NAMES + " names of ApiKeys");
        }
        Map<String, UUID> known = registry.named(tenant, names);
        for (var name : names) {
            if (!known.containsKey(name)) {
                throw invalid("spec.keys", "names '" + name + "', which is no key of the tenant");
            }
        }
        return Set.copyOf(known.values());
    }

    private static Limit limit(String field, ProposedLimit limit, ZoneId zone, boolean perKey) {
        var metric = constant(Metric.class, field + ".metric", limit.metric());
        if (metric == Metric.CONCURRENCY && limit.window() != null) {
            throw invalid(field + ".window", "must be absent for Concurrency");
        }
        var window =
                metric == Metric.CONCURRENCY
                        ? Window.NONE
                        : constant(Window.class, field + ".window", limit.window());
        if (metric != Metric.CONCURRENCY && window == Window.NONE) {
            throw invalid(field + ".window", "must be Minute, Hour, Day, Week, Month or Total");
        }
        long amount = amount(field + ".amount", metric, limit.amount());
        return new Limit(metric, window, amount, zone, perKey, true, List.of(), 0);
    }

    /** The constant whose name is {@code InputTokens} for INPUT_TOKENS. */
    private static <E extends Enum<E>> E constant(
            Class<E> type, String field, @Nullable String text) {
        var allowed = new ArrayList<String>();
        for (var constant : type.getEnumConstants()) {
            var name = camel(constant.name());
            if (name.equals(text)) {
                return constant;
            }
            allowed.add(name);
        }
        throw invalid(field, "must be one of " + String.join(", ", allowed));
    }

    private static String camel(String constant) {
        var text = new StringBuilder();
        for (var word : constant.split("_", -1)) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    private static long amount(String field, Metric metric, @Nullable JsonNode amount) {
        if (metric == Metric.COST) {
            if (amount != null && amount.isString() && MONEY.matcher(amount.asString()).matches()) {
                return Credits.parse(amount.asString()).micros();
            }
            throw invalid(field, "must be a decimal in quotes, such as \"50.00\"");
        }
        if (amount != null
                && amount.isIntegralNumber()
                && amount.canConvertToLong()
                && amount.asLong() >= 0) {
            return amount.asLong();
        }
        throw invalid(field, "must be a whole number, 0 or more");
    }

    private static List<ModelPattern> models(String field, @Nullable List<@Nullable String> globs) {
        if (globs == null) {
            return List.of();
        }
        var texts = texts(globs);
        if (texts.size() > MOST_NAMES || texts.size() < globs.size()) {
            throw invalid(field + ".models", "must have at most " + MOST_NAMES + " globs");
        }
        try {
            return texts.stream().map(ModelPattern::new).toList();
        } catch (IllegalArgumentException e) {
            throw invalid(field + ".models", "must be globs of 1 to 256 characters");
        }
    }

    /** Those that are there and can be stored: no null and no NUL. */
    private static List<String> texts(List<@Nullable String> all) {
        var texts = new ArrayList<String>();
        for (var text : all) {
            if (text != null && text.indexOf('\0') < 0) {
                texts.add(text);
            }
        }
        return texts;
    }

    private static Refused invalid(String field, String whatIsWrong) {
        return new Refused(Problem.invalid(field, "It " + whatIsWrong + "."));
    }
}
