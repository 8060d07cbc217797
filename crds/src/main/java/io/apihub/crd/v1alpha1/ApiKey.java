package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client presents. The plaintext key is never in the resource. */
@Group("apihub.io")
@Version("v1alpha1")
@ShortNames("ak")
public final class ApiKey extends CustomResource<ApiKey.Spec, ApiKey.Status> implements Namespaced {

    private static final long serialVersionUID = 1L;

    /**
     * What the owner declares; exactly one of {@code keyHash} and {@code generate} is present.
     *
     * @param tenantRef the Tenant, which must name this namespace; can't be changed
     * @param keyHash {@code sha256:} and the digest of a key that the owner minted
     * @param generate the operator mints the key and writes it once into a Secret
     * @param keyId the public part of the key; present exactly with {@code keyHash}
     * @param previousHashes digests that stay valid for a while after a rotation
     * @param rotation asks for a new secret under the same id; only with {@code generate}
     * @param allowedModels globs; narrows the tenant's list; empty means no narrowing
     * @param allowedCidrs client addresses; empty means all
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Spec(
            ObjectRef tenantRef,
            @Nullable String displayName,
            @Nullable String keyHash,
            @Nullable Generate generate,
            @Nullable String keyId,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<PreviousHash> previousHashes,
            @Nullable Rotation rotation,
            Boolean disabled,
            @JsonFormat(shape = JsonFormat.Shape.STRING) @SchemaFrom(type = String.class)
                    @Nullable Instant notBefore,
            @JsonFormat(shape = JsonFormat.Shape.STRING) @SchemaFrom(type = String.class)
                    @Nullable Instant expiresAt,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> allowedModels,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> allowedCidrs) {

        public Spec {
            previousHashes = Defaults.list(previousHashes);
            disabled = Defaults.value(disabled, false);
            allowedModels = Defaults.list(allowedModels);
            allowedCidrs = Defaults.list(allowedCidrs);
        }
    }

    /** Where the minted key goes: a Secret of this namespace, under {@code api-key}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Generate(String secretName) {}

    /** A digest that was the key's before, and until when it is accepted. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PreviousHash(
            String hash,
            @JsonFormat(shape = JsonFormat.Shape.STRING) @SchemaFrom(type = String.class)
                    Instant notAfter) {}

    /**
     * A wish for a new secret.
     *
     * @param requestedAt later than the last one that was carried out, else nothing happens
     * @param overlap how long the old secret stays valid
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Rotation(
            @JsonFormat(shape = JsonFormat.Shape.STRING) @SchemaFrom(type = String.class)
                    Instant requestedAt,
            TimeSpan overlap) {

        public Rotation {
            overlap = Defaults.value(overlap, new TimeSpan("48h"));
        }
    }

    /**
     * What the operator observed.
     *
     * @param keyId the public part of the key
     * @param prefix what may be shown of the key, such as {@code sk-hub_Ab3dEf9hK2…}
     * @param expiresAt when the key ends, the tenant's {@code maxTtl} applied; absent means never
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Status(
            @Nullable Long observedGeneration,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Condition> conditions,
            @Nullable String keyId,
            @Nullable String prefix,
            @JsonFormat(shape = JsonFormat.Shape.STRING) @SchemaFrom(type = String.class)
                    @Nullable Instant expiresAt) {

        public Status {
            conditions = Defaults.list(conditions);
        }
    }
}
