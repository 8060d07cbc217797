package io.apihub.dev.stack;

import io.apihub.dev.gateway.GatewayBootstrap;
import io.apihub.dev.postgres.LocalPostgres;
import io.apihub.dev.process.Program;
import io.apihub.dev.stack.StackPorts.Use;
import io.apihub.dev.tool.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The command lines and the environment of our services and of Envoy. */
final class Services {

    /**
     * The first compiler alone halves the time to start; what runs for minutes never earns back
     * what optimising costs. Room for code and classes: the JVM collects the whole heap whenever
     * the little that it begins with is used up.
     */
    private static final List<String> QUICK_START =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:ReservedCodeCacheSize=240m",
                    "-XX:MetaspaceSize=192m");

    /** To write a service's classes when it ends. */
    private static final Duration WRITING = Duration.ofMinutes(2);

    /** billing's ServiceAccounts: on behalf of members, and for those who register. */
    static final String PORTAL = "apihub-portal";

    static final String PROVISIONER = "apihub-provisioner";

    /** The file of the administrator's one-time password. */
    static final String ADMIN_PASSWORD = "admin-password";

    private final Checkout checkout;
    private final DataDirectory data;
    private final StackPorts ports;
    private final StackOptions options;

    Services(Checkout checkout, DataDirectory data, StackPorts ports, StackOptions options) {
        this.checkout = checkout;
        this.data = data;
        this.ports = ports;
        this.options = options;
    }

    Program operator(LocalPostgres postgres, Path kubeconfig) {
        return database(service("operator", "operator", "192m"), postgres, "apihub_operator")
                .with("KUBECONFIG", kubeconfig.toString())
                .with("APIHUB_MANAGEMENT_LISTEN", ports.address(Use.OPERATOR_MANAGEMENT))
                .with("APIHUB_GRPC_LISTEN", ports.address(Use.OPERATOR_GRPC))
                .with("APIHUB_OPERATOR_NAMESPACE", Demo.SYSTEM_NAMESPACE)
                .with("APIHUB_CURRENCY", Demo.CURRENCY)
                // The demo's upstreams are on this machine.
                .with("APIHUB_ALLOW_LOOPBACK_UPSTREAMS", "true");
    }

    Program billing(LocalPostgres postgres, Path paymentConfig) {
        return database(service("billing", "billing", "256m"), postgres, "apihub_billing")
                .with("APIHUB_MANAGEMENT_LISTEN", ports.address(Use.BILLING_MANAGEMENT))
                .with("APIHUB_HTTP_LISTEN", ports.address(Use.BILLING_HTTP))
                .with("APIHUB_GRPC_LISTEN", ports.address(Use.BILLING_GRPC))
                .with("APIHUB_CURRENCY", Demo.CURRENCY)
                .with("APIHUB_PAYMENT_CONFIG", paymentConfig.toString())
                .with("APIHUB_JWT_KEY_FILE", data.path("jwt-key").toString())
                .with("APIHUB_ADMIN_TOKEN_FILE", data.path("admin-token").toString())
                // Not there yet: billing starts before Kubernetes, and reads them when it must.
                .with("APIHUB_KUBECONFIG", kubeconfig(PORTAL).toString())
                .with("APIHUB_PROVISIONER_KUBECONFIG", kubeconfig(PROVISIONER).toString())
                .with("APIHUB_OPERATOR_NAMESPACE", Demo.SYSTEM_NAMESPACE)
                // Whoever reaches this machine's loopback may try it as a customer would.
                .with("APIHUB_REGISTRATION", "on")
                .with("APIHUB_ADMIN_EMAIL", Demo.ADMINISTRATOR)
                .with("APIHUB_ADMIN_PASSWORD_FILE", data.path(ADMIN_PASSWORD).toString())
                .with("APIHUB_SINGLE_INSTANCE_POSTGRES", "true");
    }

    /** Where LocalKubernetes writes the credentials of a ServiceAccount. */
    Path kubeconfig(String serviceAccount) {
        return data.path("kubernetes").resolve("kubeconfig-" + serviceAccount);
    }

    Program extAuthz(GatewayPlace gateway) {
        var name = gateway.program("ext-authz");
        return service("ext-authz", name, "384m")
                .with("APIHUB_MANAGEMENT_LISTEN", ports.authzManagement(gateway.number()))
                .with("APIHUB_GATEWAY_ID", gateway.id())
                .with("APIHUB_AUTHZ_SOCKET", gateway.authzSocket().toString())
                .with("APIHUB_USAGE_SOCKET", gateway.usageSocket().toString())
                .with("APIHUB_OPERATOR", ports.address(Use.OPERATOR_GRPC))
                .with("APIHUB_BILLING", ports.address(Use.BILLING_GRPC))
                .with("APIHUB_JOURNAL_DIR", gateway.journal().toString())
                .with("APIHUB_GRANT_TIMEOUT", text(options.times().grant()));
    }

    /** All Envoys listen on the same port; the kernel spreads the connections over them. */
    Program envoy(Toolbox tools, GatewayPlace gateway) throws IOException {
        var bootstrap =
                new GatewayBootstrap(
                        gateway.id(),
                        ports.of(Use.OPERATOR_GRPC),
                        gateway.authzSocket(),
                        gateway.usageSocket(),
                        gateway.adminSocket());
        var name = gateway.program("envoy");
        var file = data.path(name + ".yaml");
        Files.writeString(file, bootstrap.yaml());
        var command =
                List.of(
                        tools.envoy().toString(),
                        "-c",
                        file.toString(),
                        "--disable-hot-restart",
                        "--concurrency",
                        "1",
                        "--log-level",
                        "warning",
                        // Remarks on every use of a filter that is new or old.
                        "--component-log-level",
                        "misc:error");
        return Program.of(name, data.log(name), command);
    }

    /** As our services and the operator's ConfigMap read it. */
    static String text(Duration duration) {
        boolean whole = duration.toMillis() % 1000 == 0;
        return whole ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static Program database(Program service, LocalPostgres postgres, String role) {
        return service.with("APIHUB_DB_URL", postgres.jdbcUrl())
                .with("APIHUB_DB_USER", role)
                .with("APIHUB_DB_PASSWORD", role)
                .with("APIHUB_DB_MIGRATION_USER", postgres.adminUser())
                .with("APIHUB_DB_MIGRATION_PASSWORD", postgres.adminPassword());
    }

    private Program service(String module, String name, String heap) {
        var jar = checkout.jar(module);
        var classes = new ClassArchive(jar);
        var command = new ArrayList<>(List.of(Jvm.java(), "-Xmx" + heap));
        command.addAll(QUICK_START);
        command.addAll(options.rehearsal() ? classes.write() : classes.use());
        // The manifest enables native access: as a flag it does not go with the classes.
        command.addAll(List.of("-jar", jar.toString()));
        var program = Program.of(name, data.log(name), command);
        return options.rehearsal() ? program.within(WRITING) : program;
    }
}
