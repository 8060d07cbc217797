package io.apihub.operator.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;

/**
 * The whole configuration of one operator process.
 *
 * @param migration as whom the schema is migrated; often another role than the one that writes
 * @param namespace the operator's own
 * @param cluster names this cluster's rows
 * @param replica names this process among its siblings, and again after a restart
 * @param currency ISO 4217 code in which the installation bills
 * @param maxStale how long a gateway serves without a heartbeat
 */
public record OperatorSettings(
        Listen listen,
        Database database,
        Database migration,
        String namespace,
        String cluster,
        String replica,
        String currency,
        boolean allowLoopbackUpstreams,
        Duration maxStale) {

    /** Where the process listens: gateways at {@code grpc}, probes and metrics at the other. */
    public record Listen(InetSocketAddress grpc, InetSocketAddress management) {}

    /** How a database is reached. {@code toString} hides the password. */
    public record Database(String url, String user, String password) {
        @Override
        public String toString() {
            return url + " as " + user;
        }
    }

    /**
     * Reads the environment.
     *
     * @throws InvalidSettingException with one line that names the variable
     */
    public static OperatorSettings from(Map<String, String> variables) {
        var env = new Environment(variables);
        var database =
                new Database(
                        env.required("APIHUB_DB_URL"),
                        env.required("APIHUB_DB_USER"),
                        env.secret("APIHUB_DB_PASSWORD", ""));
        var migration =
                new Database(
                        database.url(),
                        env.optional("APIHUB_DB_MIGRATION_USER", database.user()),
                        env.secret("APIHUB_DB_MIGRATION_PASSWORD", database.password()));
        return new OperatorSettings(
                new Listen(
                        env.address("APIHUB_GRPC_LISTEN"), env.address("APIHUB_MANAGEMENT_LISTEN")),
                database,
                migration,
                env.optional("APIHUB_OPERATOR_NAMESPACE", "apihub-system"),
                env.optional("APIHUB_CLUSTER", "default"),
                env.optional("APIHUB_REPLICA", "operator-0"),
                env.optional("APIHUB_CURRENCY", "CNY"),
                env.flag("APIHUB_ALLOW_LOOPBACK_UPSTREAMS"),
                env.duration("APIHUB_MAX_STALE", "600s"));
    }
}
