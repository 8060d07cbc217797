package io.apihub.billing.settings;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration of billing.
 *
 * @param currency ISO 4217 code, the installation's only one
 * @param jwtKeyFile made with mode 0600 when absent
 * @param adminTokenFile minted with mode 0600 when absent or expired
 * @param kubernetes null: there is no way to Kubernetes
 * @param mail null: no mail is sent
 * @param oidc null: people log in here and nowhere else
 */
public record Settings(
        Database database,
        Listeners listeners,
        String currency,
        Path jwtKeyFile,
        Path adminTokenFile,
        Safety safety,
        @Nullable Kubernetes kubernetes,
        Identity identity,
        Rates rates,
        @Nullable Mail mail,
        @Nullable Oidc oidc,
        Payments payments,
        Webhooks webhooks) {

    /** The same with other ways to pay. */
    public Settings with(Payments other) {
        return new Settings(
                database,
                listeners,
                currency,
                jwtKeyFile,
                adminTokenFile,
                safety,
                kubernetes,
                identity,
                rates,
                mail,
                oidc,
                other,
                webhooks);
    }

    /** The same with other places that webhooks may lead to. */
    public Settings with(Webhooks other) {
        return new Settings(
                database,
                listeners,
                currency,
                jwtKeyFile,
                adminTokenFile,
                safety,
                kubernetes,
                identity,
                rates,
                mail,
                oidc,
                payments,
                other);
    }

    /**
     * The way to Postgres.
     *
     * @param jdbcUrl of the database apihub
     * @param service the role that runs the service; writes no balance and edits no ledger
     * @param migration the role that owns the schema
     */
    public record Database(String jdbcUrl, DatabaseLogin service, DatabaseLogin migration) {}

    /** Where billing listens: REST, gRPC, and health with metrics. */
    public record Listeners(Listen http, Listen grpc, Listen management) {}

    /**
     * What the promise never to overspend rests on.
     *
     * @param singleInstancePostgres true: there is one Postgres, so commits need no second one
     * @param longestRequest no request of a gateway lasts longer, its settlement included
     */
    public record Safety(boolean singleInstancePostgres, Duration longestRequest) {}

    /**
     * The way to Kubernetes. Both kubeconfigs are read when they are needed, so they may come late
     * and may be replaced.
     *
     * @param portal kubeconfig of the ServiceAccount apihub-portal; null: the pod's own
     * @param provisioner kubeconfig of the ServiceAccount apihub-provisioner
     * @param operatorNamespace where the templates of Tenants are
     * @param mostApiKeys how many ApiKeys a tenant may have in all, expired ones included
     * @param mostQuotas how many Quotas a tenant's namespace may have
     */
    public record Kubernetes(
            @Nullable Path portal,
            Path provisioner,
            String operatorNamespace,
            int mostApiKeys,
            int mostQuotas) {}
}
