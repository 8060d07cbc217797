package io.apihub.dev.smoke;

import io.apihub.model.key.ApiKeySecret;
import java.security.SecureRandom;
import java.util.Map;

/** The keys that the job mints itself, as a customer would who commits only hashes. */
final class Keys {

    private final ApiKeySecret own;
    private final ApiKeySecret limited;
    private final ApiKeySecret empty;
    private final ApiKeySecret daily;
    private final ApiKeySecret costly;
    private final ApiKeySecret busy;

    Keys() {
        var random = new SecureRandom();
        this.own = ApiKeySecret.mint(random);
        this.limited = ApiKeySecret.mint(random);
        this.empty = ApiKeySecret.mint(random);
        this.daily = ApiKeySecret.mint(random);
        this.costly = ApiKeySecret.mint(random);
        this.busy = ApiKeySecret.mint(random);
    }

    String own() {
        return own.reveal();
    }

    String limited() {
        return limited.reveal();
    }

    /** Of the tenant whose account is empty. */
    String empty() {
        return empty.reveal();
    }

    /** Of the quota of tokens a day. */
    String daily() {
        return daily.reveal();
    }

    /** Of the quota of money in total. */
    String costly() {
        return costly.reveal();
    }

    /** Of the quota of requests at once. */
    String busy() {
        return busy.reveal();
    }

    /** The values of budgets.yaml. */
    Map<String, String> budgetValues() {
        return Map.of(
                "dailyId", daily.id().toString(),
                "dailyHash", daily.digest("smoke").toString(),
                "costlyId", costly.id().toString(),
                "costlyHash", costly.digest("smoke").toString(),
                "busyId", busy.id().toString(),
                "busyHash", busy.digest("smoke").toString());
    }

    /** The values of keys.yaml. */
    Map<String, String> values() {
        return Map.of(
                "ownId", own.id().toString(),
                "ownHash", own.digest("smoke").toString(),
                "limitedId", limited.id().toString(),
                "limitedHash", limited.digest("smoke").toString(),
                "emptyId", empty.id().toString(),
                "emptyHash", empty.digest("smoke-empty").toString());
    }
}
