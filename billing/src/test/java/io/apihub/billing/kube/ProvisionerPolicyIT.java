package io.apihub.billing.kube;

import static io.apihub.billing.kube.Rights.apply;
import static io.apihub.billing.kube.Rights.dryRun;
import static io.apihub.billing.kube.Rights.eventually;
import static io.apihub.billing.kube.Rights.patch;
import static io.apihub.billing.kube.Rights.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.Tenant;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the provisioner's ServiceAccount can do when nobody in billing stops it. */
class ProvisionerPolicyIT {

    private static final String OTHER = "limits, priceFactor and allowedModels only";
    private static final String PRO =
            """
            {"metadata": {"annotations": {"apihub.io/template": "pro"}},
             "spec": {"billing": {"priceFactor": "0.9"}, "allowedModels": ["gpt-*", "claude-*"],
              "limits": [{"name": "cost", "metric": "Cost", "window": "Month", "amount": "50.00",
                          "alertPercent": [80, 95], "models": ["gpt-4*"]}]%s}}
            """;

    private static Cluster cluster;
    private static KubernetesClient provisioner;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = Cluster.start();
        cluster.tenantNamespace("acme");
        provisioner = cluster.as("apihub-provisioner");
        Rights.untilRefused(() -> dryRun(provisioner, "x", tenant("", "")));
    }

    @AfterAll
    static void stop() {
        provisioner.close();
    }

    private static String tenant(String template, String spec) {
        return tenant("globex", template, spec);
    }

    private static String tenant(String name, String template, String spec) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: Tenant
        metadata: {name: %s, annotations: {apihub.io/template: '%s', apihub.io/registration: r1}}
        spec:
          displayName: Globex
          namespace: tenant-%s
          keys: {max: 20}
          limits:
          - {name: rpm, metric: Requests, window: Minute, amount: 600}
          - {name: busy, metric: Concurrency, amount: 50}
        %s
        """
                .formatted(name, template, name, spec.indent(2));
    }

    @Test
    void theProvisionerMakesWhatATemplateSays() {
        apply(provisioner, "p", tenant("initech", "registration", ""));
        var plans =
                new ConfigMapBuilder(templates())
                        .addToData("pro.priceFactor", "0.9")
                        .addToData("pro.allowedModels", "gpt-* claude-*")
                        .addToData(
                                "pro.limits",
                                "cost Cost Month 50.00 alert=80 alert=95 model=gpt-4*\n")
                        .build();
        cluster.admin().resource(plans).update();
        eventually(() -> change(PRO.formatted("")));

        changeRefused(PRO.formatted(", \"suspended\": true"), OTHER);
        changeRefused(PRO.formatted(", \"keys\": {\"max\": 999}"), OTHER);
        changeRefused("{\"spec\": {\"limits\": []}}", "spec.limits must be the template's");
        changeRefused("{\"spec\": {\"allowedModels\": []}}", "spec.allowedModels");
        changeRefused("{\"spec\": {\"billing\": {\"priceFactor\": \"0\"}}}", "priceFactor must be");
        changeRefused(
                "{\"metadata\": {\"annotations\": {\"apihub.io/registration\": \"r2\"}}}", OTHER);
        refused(
                () -> provisioner.resources(Tenant.class).withName("initech").delete(),
                "cannot delete");
    }

    private static void change(String patch) {
        patch(provisioner, "p", Tenant.class, "initech", patch);
    }

    private static void changeRefused(String patch, String words) {
        refused(() -> change(patch), words);
    }

    private static ConfigMap templates() {
        return cluster.admin()
                .configMaps()
                .inNamespace("apihub-system")
                .withName("tenant-templates")
                .get();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    suspended: true                                  | billing, keys and namespace
                    billing: {mode: Unmetered}                       | billing, keys and namespace
                    billing: {mode: Postpaid, creditLimit: '9'}      | billing, keys and namespace
                    billing: {clamp: false}                          | billing, keys and namespace
                    billing: {priceFactor: '0'}                      | priceFactor must be
                    allowedModels: [gpt-4o]                          | allowedModels must be
                    """)
    void aNewTenantIsTheTemplatesInAll(String spec, String words) {
        refused(() -> apply(provisioner, "p", tenant("registration", spec)), words);
    }

    @Test
    void aNewTenantHasNothingBesides() {
        var good = tenant("registration", "");
        refused(
                () -> apply(provisioner, "p", good.replace("amount: 600", "amount: 601")),
                "limits must be");
        refused(
                () -> apply(provisioner, "p", good.replace("max: 20", "max: 21")),
                "billing, keys and namespace");
        refused(
                () -> apply(provisioner, "p", good.replace("tenant-globex", "monitoring")),
                "billing, keys and namespace");
        refused(
                () -> apply(provisioner, "p", good.replace("r1}}", "r1}, labels: {a: b}}")),
                "and no labels");
        refused(
                () -> apply(provisioner, "p", good.replace("r1}}", "r1}, finalizers: [a.b/c]}")),
                "and no labels");
        refused(
                () -> apply(provisioner, "p", good.replace("apihub.io/registration: r1", "x: y")),
                "and no labels");
        refused(() -> apply(provisioner, "p", tenant("unknown", "")), "must name a template");
        refused(() -> apply(provisioner, "p", tenant("", "")), "must name a template");
        dryRun(provisioner, "p", good);
    }

    @ParameterizedTest
    @ValueSource(strings = {"apikeys", "quotas", "upstreams", "pricebooks"})
    void theProvisionerReachesNoOtherKind(String kind) {
        refused(() -> provisioner.raw("/apis/apihub.io/v1alpha1/" + kind), "cannot list");
    }

    @Test
    void theProvisionerReadsOneConfigMapOnly() {
        assertThat(
                        provisioner
                                .configMaps()
                                .inNamespace("apihub-system")
                                .withName("tenant-templates")
                                .get())
                .isNotNull();
        refused(() -> provisioner.configMaps().inNamespace("apihub-system").list(), "cannot list");
        refused(() -> provisioner.secrets().inNamespace("apihub-system").list(), "cannot list");
        refused(
                () ->
                        provisioner
                                .resource(
                                        new ConfigMapBuilder(templates())
                                                .addToData("a", "b")
                                                .build())
                                .update(),
                "cannot update");
    }
}
