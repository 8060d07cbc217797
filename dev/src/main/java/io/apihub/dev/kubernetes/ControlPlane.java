package io.apihub.dev.kubernetes;

import io.apihub.dev.process.Program;
import io.apihub.dev.tool.Toolbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The files and command lines of etcd, kube-apiserver and kube-controller-manager.
 *
 * @param durable false: etcd does not wait for the disk
 */
record ControlPlane(Path directory, Toolbox tools, KubernetesPorts ports, boolean durable) {

    ControlPlane {
        directory = directory.toAbsolutePath();
    }

    void prepare() throws IOException {
        Files.createDirectories(directory);
        Credentials.create(directory);
    }

    Program etcd() {
        var client = "http://127.0.0.1:" + ports.etcd();
        var peer = "http://127.0.0.1:" + ports.etcdPeer();
        var command = new ArrayList<String>();
        command.add(tools.etcd().toString());
        command.add("--data-dir=" + directory.resolve("etcd"));
        command.add("--listen-client-urls=" + client);
        command.add("--advertise-client-urls=" + client);
        command.add("--listen-peer-urls=" + peer);
        command.add("--initial-advertise-peer-urls=" + peer);
        command.add("--initial-cluster=default=" + peer);
        command.add("--auto-compaction-retention=1h");
        command.add("--log-level=warn");
        if (!durable) {
            command.add("--unsafe-no-fsync");
        }
        return program("etcd", command);
    }

    Program apiserver() {
        var key = directory.resolve(Credentials.SERVICE_ACCOUNT_KEY);
        var command = new ArrayList<String>();
        command.add(tools.kubeApiserver().toString());
        command.add("--etcd-servers=http://127.0.0.1:" + ports.etcd());
        command.add("--bind-address=127.0.0.1");
        command.add("--secure-port=" + ports.apiserver());
        command.add("--cert-dir=" + certificates());
        command.add("--service-account-issuer=https://kubernetes.default.svc");
        command.add("--service-account-key-file=" + key);
        command.add("--service-account-signing-key-file=" + key);
        command.add("--token-auth-file=" + directory.resolve(Credentials.TOKENS));
        command.add("--authorization-mode=RBAC");
        command.add("--service-cluster-ip-range=10.0.0.0/24");
        command.add("--endpoint-reconciler-type=none");
        // It ends gracefully for up to a minute; all it knows is in etcd.
        return program("kube-apiserver", command).stoppedBy("KILL");
    }

    Program controllerManager() {
        return program(
                        "kube-controller-manager",
                        List.of(
                                tools.kubeControllerManager().toString(),
                                "--kubeconfig=" + kubeconfig(),
                                "--controllers=namespace-controller,garbage-collector-controller",
                                "--leader-elect=false",
                                "--secure-port=0"))
                .stoppedBy("KILL");
    }

    Path kubeconfig() {
        return directory.resolve("kubeconfig");
    }

    /** The API server makes itself a certificate at its first start. */
    boolean hasCertificate() {
        return Files.exists(certificate());
    }

    /** Writes the administrator's kubeconfig; repeating it changes nothing. */
    void writeKubeconfig() {
        try {
            writeKubeconfig(kubeconfig(), Credentials.adminToken(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a kubeconfig for whoever the token belongs to. */
    void writeKubeconfig(Path file, String token) {
        try {
            var authority = Base64.getEncoder().encodeToString(Files.readAllBytes(certificate()));
            Credentials.writePrivately(file, kubeconfigText(authority, token));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String kubeconfigText(String authority, String token) {
        return """
        apiVersion: v1
        kind: Config
        clusters:
        - name: apihub
          cluster:
            server: https://127.0.0.1:%d
            certificate-authority-data: %s
        users:
        - name: user
          user:
            token: %s
        contexts:
        - name: apihub
          context: {cluster: apihub, user: user}
        current-context: apihub
        """
                .formatted(ports.apiserver(), authority, token);
    }

    private Path certificates() {
        return directory.resolve("certificates");
    }

    private Path certificate() {
        return certificates().resolve("apiserver.crt");
    }

    private Program program(String name, List<String> command) {
        return Program.of(name, directory.resolve(name + ".log"), command);
    }
}
