package io.apihub.dev.tool;

import java.util.List;

/** A program of the local stack. */
enum Tool {
    ENVOY("envoy", "envoy", "APIHUB_ENVOY", "--version"),
    KUBE_APISERVER("kubernetes", "kube-apiserver", "APIHUB_KUBE_APISERVER", "--version"),
    KUBE_CONTROLLER_MANAGER(
            "kubernetes", "kube-controller-manager", "APIHUB_KUBE_CONTROLLER_MANAGER", "--version"),
    KUBECTL("kubernetes", "kubectl", "APIHUB_KUBECTL", "version --client"),
    ETCD("etcd", "etcd", "APIHUB_ETCD", "--version"),
    CLIPROXYAPI("cliproxyapi", "cliproxyapi", "APIHUB_CLIPROXYAPI", "--help"),
    /** For tests only; the stack runs without it. */
    SCHEMATHESIS("schemathesis", "schemathesis", "APIHUB_SCHEMATHESIS", "--version");

    private final String product;
    private final String program;
    private final String variable;
    private final String versionArguments;

    Tool(String product, String program, String variable, String versionArguments) {
        this.product = product;
        this.program = program;
        this.variable = variable;
        this.versionArguments = versionArguments;
    }

    /** Under which name {@code pins.properties} knows it; several programs may share one. */
    String product() {
        return product;
    }

    String program() {
        return program;
    }

    /** The environment variable that may point to one. */
    String variable() {
        return variable;
    }

    /** What makes it print its version. */
    List<String> versionArguments() {
        return List.of(versionArguments.split(" ", -1));
    }
}
