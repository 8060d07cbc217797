package io.apihub.extauthz.usage;

import io.apihub.extauthz.credit.LeaseSettings;
import io.apihub.extauthz.journal.JournalSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What metering needs to know.
 *
 * @param gateway the id of this gateway
 * @param socket where Envoy's access log comes in
 * @param billing {@code host:port} of billing's gRPC
 * @param longest a hold without a log entry ends after this if it does not say how long it may last
 */
public record MeteringSettings(
        String gateway,
        Path socket,
        String billing,
        JournalSettings journal,
        LeaseSettings leases,
        Duration longest) {}
