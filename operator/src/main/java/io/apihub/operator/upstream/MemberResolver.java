package io.apihub.operator.upstream;

import com.google.common.net.InetAddresses;
import io.apihub.crd.v1alpha1.Upstream;
import io.apihub.operator.upstream.Refusal.Reason;
import io.apihub.operator.xds.Credential;
import io.apihub.operator.xds.Origin;
import io.apihub.operator.xds.PoolMember;
import io.apihub.operator.xds.TlsTrust;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From an Upstream and its Secrets to an endpoint. What can't be resolved never reaches Envoy. */
final class MemberResolver {

    private final UpstreamSecrets secrets;
    private final boolean allowLoopback;

    MemberResolver(UpstreamSecrets secrets, boolean allowLoopback) {
        this.secrets = secrets;
        this.allowLoopback = allowLoopback;
    }

    /** Either an endpoint, or why there is none. */
    sealed interface Resolution {
        record Resolved(PoolMember member) implements Resolution {}

        record Refused(Refusal refusal) implements Resolution {}
    }

    Resolution resolve(DeclaredUpstream upstream) {
        try {
            return new Resolution.Resolved(member(upstream));
        } catch (Refused e) {
            return new Resolution.Refused(e.refusal);
        } catch (IllegalArgumentException e) {
            return new Resolution.Refused(
                    new Refusal(Reason.INVALID, String.valueOf(e.getMessage())));
        }
    }

    private PoolMember member(DeclaredUpstream upstream) throws Refused {
        Upstream.Spec spec = upstream.spec();
        Origin origin = Origin.of(spec.url());
        if (!allowLoopback && local(origin.host())) {
            throw new Refused(
                    Reason.ADDRESS_NOT_ALLOWED,
                    "spec.url: loopback and link-local addresses lead into the gateway's own pod"
                            + " or to the cloud's metadata; name the server's Service");
        }
        return new PoolMember(
                upstream.name(),
                origin,
                trust(spec.tls()),
                credential(spec.credential()),
                new PoolMember.Share(spec.priority(), spec.weight(), spec.drain()));
    }

    private Optional<Credential> credential(Upstream.@Nullable Credential c) throws Refused {
        if (c == null) {
            return Optional.empty();
        }
        String name = c.secretRef().name();
        String key = c.secretRef().key();
        Optional<String> value = secrets.entry(name, key).map(String::strip);
        if (value.isEmpty() || value.get().isEmpty()) {
            throw new Refused(
                    Reason.CREDENTIAL_MISSING,
                    "no Secret %s with the label %s: \"true\" and an entry %s in the operator's"
                                    .formatted(name, UpstreamSecrets.LABEL, key)
                            + " namespace");
        }
        return value.map(text -> new Credential(c.prefix() + text));
    }

    private TlsTrust trust(Upstream.@Nullable Tls tls) throws Refused {
        if (tls == null) {
            return TlsTrust.SYSTEM;
        }
        Optional<String> serverName = Optional.ofNullable(tls.sni());
        if (tls.caSecretRef() == null) {
            return new TlsTrust(Optional.empty(), serverName);
        }
        String name = tls.caSecretRef().name();
        Optional<String> ca = secrets.entry(name, "ca.crt");
        if (ca.isEmpty()) {
            throw new Refused(
                    Reason.CA_MISSING,
                    "no Secret %s with the label %s: \"true\" and an entry ca.crt in the operator's"
                                    .formatted(name, UpstreamSecrets.LABEL)
                            + " namespace");
        }
        return new TlsTrust(ca, serverName);
    }

    /** By what is written; a name that resolves to such an address is the network policy's. */
    private static boolean local(String host) {
        if (!InetAddresses.isInetAddress(host)) {
            String name = host.toLowerCase(Locale.ROOT);
            return name.equals("localhost") || name.endsWith(".localhost");
        }
        InetAddress address = InetAddresses.forString(host);
        return address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isAnyLocalAddress();
    }

    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Refusal refusal;

        Refused(Reason reason, String message) {
            super(message);
            this.refusal = new Refusal(reason, message);
        }
    }
}
