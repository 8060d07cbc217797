package io.apihub.extauthz.check;

/** Gemini names its model in the path, so another name upstream means another path. */
final class GeminiTarget {

    private static final String PREFIX = "/v1beta/models/";

    private GeminiTarget() {}

    /** Credentials in the query are left out here too, whatever Envoy removes. */
    static String renamed(HttpRequest request, String upstreamModel) {
        var path = request.path();
        var renamed = new StringBuilder(PREFIX).append(upstreamModel);
        renamed.append(path, path.lastIndexOf(':'), path.length());
        char separator = '?';
        for (var parameter : request.query().split("&", -1)) {
            boolean credential =
                    parameter.startsWith("key=") || parameter.startsWith("auth_token=");
            if (!parameter.isEmpty() && !credential) {
                renamed.append(separator).append(parameter);
                separator = '&';
            }
        }
        return renamed.toString();
    }
}
