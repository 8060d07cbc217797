package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server that answers requests, such as CLIProxyAPI. Cluster-scoped; the platform's. */
@Group("apihub.io")
@Version("v1alpha1")
@ShortNames("up")
public final class Upstream extends CustomResource<Upstream.Spec, Upstream.Status> {

    private static final long serialVersionUID = 1L;

    /**
     * What the platform declares.
     *
     * @param url scheme, host and port only
     * @param protocols what the server speaks
     * @param credential replaces the client's; absent means none is sent
     * @param models what it serves
     * @param enforcesMaxTokens true only where the server really stops there
     * @param alwaysSendsUsage chat streams carry usage without being asked
     * @param priority lower first
     * @param weight share among equal priorities
     * @param drain no new requests
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Spec(
            String url,
            List<Protocol> protocols,
            @Nullable Credential credential,
            List<UpstreamModel> models,
            Boolean enforcesMaxTokens,
            Boolean alwaysSendsUsage,
            Integer priority,
            Integer weight,
            Boolean drain,
            Timeouts timeouts,
            @Nullable Tls tls,
            @Nullable HealthCheck healthCheck) {

        public Spec {
            protocols = Defaults.list(protocols);
            models = Defaults.list(models);
            enforcesMaxTokens = Defaults.value(enforcesMaxTokens, false);
            alwaysSendsUsage = Defaults.value(alwaysSendsUsage, false);
            priority = Defaults.value(priority, 0);
            weight = Defaults.value(weight, 1);
            drain = Defaults.value(drain, false);
            timeouts = Defaults.value(timeouts, Timeouts.DEFAULT);
        }
    }

    /** What a server speaks. */
    public enum Protocol {
        @JsonProperty("OpenAIChat")
        OPENAI_CHAT,
        @JsonProperty("OpenAIResponses")
        OPENAI_RESPONSES,
        @JsonProperty("AnthropicMessages")
        ANTHROPIC_MESSAGES,
        @JsonProperty("Gemini")
        GEMINI,
        @JsonProperty("OpenAIOther")
        OPENAI_OTHER
    }

    /**
     * The header that authenticates us to the server.
     *
     * @param header lower-case name
     * @param prefix goes before the Secret's value; when absent {@code "Bearer "} for {@code
     *     authorization} and nothing for other headers
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Credential(SecretKeyRef secretRef, String header, String prefix) {

        public Credential {
            header = Defaults.value(header, "authorization");
            prefix = Defaults.value(prefix, header.equals("authorization") ? "Bearer " : "");
        }
    }

    /** One entry of a Secret in the operator's namespace. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record SecretKeyRef(String name, String key) {

        public SecretKeyRef {
            key = Defaults.value(key, "api-key");
        }
    }

    /**
     * Deadlines towards the server.
     *
     * @param connect for the TCP and TLS handshakes
     * @param idle without a byte in either direction
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Timeouts(TimeSpan connect, TimeSpan idle) {

        static final Timeouts DEFAULT = new Timeouts(new TimeSpan("2s"), new TimeSpan("600s"));

        public Timeouts {
            connect = Defaults.value(connect, new TimeSpan("2s"));
            idle = Defaults.value(idle, new TimeSpan("600s"));
        }
    }

    /**
     * How to trust the server.
     *
     * @param caSecretRef a Secret with {@code ca.crt}; absent means the system's authorities
     * @param sni the name to ask for and to verify; absent means the host of {@code url}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Tls(@Nullable ObjectRef caSecretRef, @Nullable String sni) {}

    /** Active probing: GET {@code path}, healthy on 200. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record HealthCheck(String path, TimeSpan interval) {

        public HealthCheck {
            interval = Defaults.value(interval, new TimeSpan("5s"));
        }
    }

    /** What the operator observed. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Status(
            @Nullable Long observedGeneration,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Condition> conditions) {

        public Status {
            conditions = Defaults.list(conditions);
        }
    }
}
