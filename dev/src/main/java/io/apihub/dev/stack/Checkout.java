package io.apihub.dev.stack;

import java.nio.file.Files;
import java.nio.file.Path;

/** The project's own directory: the jars that were built in it and the manifests. */
record Checkout(Path root) {

    /** The one named by the property {@code apihub.home}, else the one we are in. */
    static Checkout find() {
        var named = System.getProperty("apihub.home");
        var start = Path.of(named == null ? "" : named).toAbsolutePath();
        for (var at = start; at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("mvnw"))) {
                return new Checkout(at);
            }
        }
        throw new StackFailure("not inside an APIHub checkout: " + start);
    }

    /** The runnable jar of a module. */
    Path jar(String module) {
        var jar = root.resolve(module).resolve("target").resolve(module + ".jar");
        if (!Files.exists(jar)) {
            throw new StackFailure(
                    jar + " is missing; build it: ./mvnw -DskipTests -DskipITs package");
        }
        return jar;
    }

    /** The custom resource definitions. */
    Path definitions() {
        return root.resolve("crds/manifests");
    }

    /** Who else may use the custom resources. */
    Path roles() {
        return root.resolve("crds/manifests/rbac");
    }

    /** The operator's ServiceAccount and its rights. */
    Path operatorRights() {
        return root.resolve("operator/manifests");
    }

    /** billing's two ServiceAccounts, their rights, and the policies that bound them. */
    Path billingRights() {
        return root.resolve("billing/manifests");
    }

    /** What new Tenants are made from, until the platform writes its own. */
    Path tenantTemplates() {
        return root.resolve("billing/manifests/templates/tenant-templates.yaml");
    }
}
