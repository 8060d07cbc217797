package io.apihub.extauthz.usage;

import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Predicate;

/** Envoy's short names of its response flags. */
final class ResponseFlagNames {

    private static final Map<String, Predicate<ResponseFlags>> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put("UH", ResponseFlags::getNoHealthyUpstream);
        NAMES.put("UF", ResponseFlags::getUpstreamConnectionFailure);
        NAMES.put("UO", ResponseFlags::getUpstreamOverflow);
        NAMES.put("NR", ResponseFlags::getNoRouteFound);
        NAMES.put("NC", ResponseFlags::getNoClusterFound);
        NAMES.put("URX", ResponseFlags::getUpstreamRetryLimitExceeded);
        NAMES.put("DC", ResponseFlags::getDownstreamConnectionTermination);
        NAMES.put("DR", ResponseFlags::getDownstreamRemoteReset);
        NAMES.put("LR", ResponseFlags::getLocalReset);
        NAMES.put("UR", ResponseFlags::getUpstreamRemoteReset);
        NAMES.put("UC", ResponseFlags::getUpstreamConnectionTermination);
        NAMES.put("UT", ResponseFlags::getUpstreamRequestTimeout);
        NAMES.put("SI", ResponseFlags::getStreamIdleTimeout);
        NAMES.put("UMSDR", ResponseFlags::getUpstreamMaxStreamDurationReached);
        NAMES.put("DT", ResponseFlags::getDurationTimeout);
        NAMES.put("DPE", ResponseFlags::getDownstreamProtocolError);
        NAMES.put("UPE", ResponseFlags::getUpstreamProtocolError);
        NAMES.put("UAEX", ResponseFlags::hasUnauthorizedDetails);
        NAMES.put("OM", ResponseFlags::getOverloadManager);
        NAMES.put("DF", ResponseFlags::getDnsResolutionFailure);
    }

    private ResponseFlagNames() {}

    static String of(ResponseFlags flags) {
        var names = new StringJoiner(",");
        NAMES.forEach((name, isSet) -> {
            if (isSet.test(flags)) {
                names.add(name);
            }
        });
        return names.toString();
    }
}
