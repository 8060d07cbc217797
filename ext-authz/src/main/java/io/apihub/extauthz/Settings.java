package io.apihub.extauthz;

import io.apihub.extauthz.journal.JournalLimits;
import io.apihub.extauthz.journal.JournalSync;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The whole configuration.
 *
 * @param gateway this gateway's id; Envoy's node has the same
 * @param authzSocket where Envoy asks
 * @param usageSocket where Envoy's access log comes in
 * @param operator host:port of the policy feed
 * @param billing host:port of credit and usage
 * @param journal a directory on a volume that outlives the process
 * @param maxStale without news from the operator for longer, everything is denied
 * @param grantTimeout how long a request may wait for credit
 * @param journalLimits how careful the journal is, and how long it keeps what billing has
 */
record Settings(
        String gateway,
        InetSocketAddress management,
        Path authzSocket,
        Path usageSocket,
        String operator,
        String billing,
        Path journal,
        Duration maxStale,
        Duration grantTimeout,
        JournalLimits journalLimits) {

    /**
     * Reads the environment.
     *
     * @throws InvalidSetting naming the variable that is missing or wrong
     */
    static Settings of(Environment environment) {
        return new Settings(
                environment.text("APIHUB_GATEWAY_ID"),
                environment.address("APIHUB_MANAGEMENT_LISTEN"),
                environment.path("APIHUB_AUTHZ_SOCKET"),
                environment.path("APIHUB_USAGE_SOCKET"),
                environment.target("APIHUB_OPERATOR"),
                environment.target("APIHUB_BILLING"),
                environment.path("APIHUB_JOURNAL_DIR"),
                environment.duration("APIHUB_MAX_STALE", Duration.ofMinutes(10)),
                environment.duration("APIHUB_GRANT_TIMEOUT", Duration.ofMillis(800)),
                JournalLimits.DEFAULT
                        .withSync(environment.choice("APIHUB_JOURNAL_SYNC", JournalSync.BEHIND))
                        .withKeepAcked(
                                environment.duration("APIHUB_JOURNAL_KEEP", Duration.ofDays(1))));
    }
}
