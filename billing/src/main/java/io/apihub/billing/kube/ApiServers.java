package io.apihub.billing.kube;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Settings;
import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The two ways to Kubernetes, or none. */
@Component
class ApiServers {

    private final Settings.@Nullable Kubernetes settings;
    private final @Nullable ApiServer portal;
    private final @Nullable ApiServer provisioner;

    ApiServers(Settings settings) {
        this.settings = settings.kubernetes();
        this.portal = this.settings == null ? null : new ApiServer(this.settings.portal());
        this.provisioner =
                this.settings == null ? null : new ApiServer(this.settings.provisioner());
    }

    /**
     * On behalf of people.
     *
     * @throws Refused 503 if Kubernetes is not configured
     */
    ApiServer portal() {
        return configured(portal);
    }

    /**
     * Makes Tenants.
     *
     * @throws Refused 503 if Kubernetes is not configured
     */
    ApiServer provisioner() {
        return configured(provisioner);
    }

    /**
     * What is configured.
     *
     * @throws Refused 503 if nothing is
     */
    Settings.Kubernetes settings() {
        return configured(settings);
    }

    private static <T> T configured(@Nullable T value) {
        if (value == null) {
            throw new Refused(
                    Problem.unavailable(
                            "This installation has no way to Kubernetes: set APIHUB_KUBECONFIG and"
                                    + " APIHUB_PROVISIONER_KUBECONFIG."));
        }
        return value;
    }

    @PreDestroy
    void close() {
        if (portal != null) {
            portal.close();
        }
        if (provisioner != null) {
            provisioner.close();
        }
    }
}
