package io.apihub.dev.stack;

import io.apihub.dev.gateway.GatewayBootstrap;
import io.apihub.dev.postgres.LocalPostgres;
import io.apihub.dev.process.Program;
import io.apihub.dev.stack.StackPorts.Use;
import io.apihub.dev.tool.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The command lines and the environment of our services and of Envoy. */
final class Services {

    /** Envoy's node id and ext-authz's gateway id: one machine, one gateway. */
    private static final String GATEWAY = "gateway-0";

    /** Halves the time to start of what is not on the path of requests. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private final Checkout checkout;
    private final DataDirectory data;
    private final StackPorts ports;
    private final Path authzSocket;
    private final Path usageSocket;

    Services(Checkout checkout, DataDirectory data, StackPorts ports) {
        this.checkout = checkout;
        this.data = data;
        this.ports = ports;
        this.authzSocket = data.socket("authz");
        this.usageSocket = data.socket("usage");
    }

    Program operator(LocalPostgres postgres, Path kubeconfig) {
        return database(service("operator", "192m", QUICK_START), postgres, "apihub_operator")
                .with("KUBECONFIG", kubeconfig.toString())
                .with("APIHUB_MANAGEMENT_LISTEN", ports.address(Use.OPERATOR_MANAGEMENT))
                .with("APIHUB_GRPC_LISTEN", ports.address(Use.OPERATOR_GRPC))
                .with("APIHUB_OPERATOR_NAMESPACE", Demo.SYSTEM_NAMESPACE)
                .with("APIHUB_CURRENCY", Demo.CURRENCY)
                // The demo's upstreams are on this machine.
                .with("APIHUB_ALLOW_LOOPBACK_UPSTREAMS", "true");
    }

    Program billing(LocalPostgres postgres) {
        return database(service("billing", "256m", QUICK_START), postgres, "apihub_billing")
                .with("APIHUB_MANAGEMENT_LISTEN", ports.address(Use.BILLING_MANAGEMENT))
                .with("APIHUB_HTTP_LISTEN", ports.address(Use.BILLING_HTTP))
                .with("APIHUB_GRPC_LISTEN", ports.address(Use.BILLING_GRPC))
                .with("APIHUB_CURRENCY", Demo.CURRENCY)
                .with("APIHUB_JWT_KEY_FILE", data.path("jwt-key").toString())
                .with("APIHUB_ADMIN_TOKEN_FILE", data.path("admin-token").toString())
                .with("APIHUB_SINGLE_INSTANCE_POSTGRES", "true");
    }

    Program extAuthz() {
        return service("ext-authz", "384m", "-XX:+TieredCompilation")
                .with("APIHUB_MANAGEMENT_LISTEN", ports.address(Use.AUTHZ_MANAGEMENT))
                .with("APIHUB_GATEWAY_ID", GATEWAY)
                .with("APIHUB_AUTHZ_SOCKET", authzSocket.toString())
                .with("APIHUB_USAGE_SOCKET", usageSocket.toString())
                .with("APIHUB_OPERATOR", ports.address(Use.OPERATOR_GRPC))
                .with("APIHUB_BILLING", ports.address(Use.BILLING_GRPC))
                .with("APIHUB_JOURNAL_DIR", data.path("journal").toString());
    }

    Program envoy(Toolbox tools) throws IOException {
        var bootstrap =
                new GatewayBootstrap(
                        GATEWAY,
                        ports.of(Use.OPERATOR_GRPC),
                        authzSocket,
                        usageSocket,
                        data.socket("envoy-admin"));
        var file = data.path("envoy.yaml");
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
        return Program.of("envoy", data.log("envoy"), command);
    }

    private static Program database(Program service, LocalPostgres postgres, String role) {
        return service.with("APIHUB_DB_URL", postgres.jdbcUrl())
                .with("APIHUB_DB_USER", role)
                .with("APIHUB_DB_PASSWORD", role)
                .with("APIHUB_DB_MIGRATION_USER", postgres.adminUser())
                .with("APIHUB_DB_MIGRATION_PASSWORD", postgres.adminPassword());
    }

    private Program service(String module, String heap, String compiler) {
        var command =
                List.of(
                        Jvm.java(),
                        "-Xmx" + heap,
                        "-XX:+UseSerialGC",
                        compiler,
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        checkout.jar(module).toString());
        return Program.of(module, data.log(module), command);
    }
}
