package io.apihub.extauthz.check;

/**
 * One question of Envoy's, as far as it matters.
 *
 * @param route the dialect that the route names, as it came
 * @param keyOnly whether it is the precheck: only the key is asked about
 */
record IncomingCheck(HttpRequest request, String route, boolean keyOnly) {}
