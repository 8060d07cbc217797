package io.apihub.dev;

import io.apihub.dev.stack.Demo;
import io.apihub.dev.stack.Stack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a user needs to go on, once the stack serves.
 *
 * @param demo whether it has the demo's upstreams
 */
public record Welcome(Stack stack, boolean demo, FirstLogIn administrator) {

    /** What is printed, after a start that took so long. */
    public String text(Duration took) throws IOException {
        return """

        APIHub is running (after %d s). Ctrl-C stops it; the data stays.

          gateway              %s
          API and its try-out  %s/docs
          administrator        %s
          administrator token  %s
          logs                 %s

          export KUBECONFIG=%s
          %s get tenants,apikeys,quotas,upstreams,pricebooks -A

          %s

          %s
        """
                .formatted(
                        took.toSeconds(),
                        stack.url(),
                        stack.url(),
                        administrator.text(),
                        stack.adminTokenFile(),
                        stack.logs(),
                        quoted(stack.kubeconfig()),
                        quoted(stack.kubectl()),
                        request(),
                        balance());
    }

    private String balance() {
        return "curl %s/api/v1/tenants/%s/balance -H \"authorization: Bearer $(cat %s)\""
                .formatted(stack.url(), Demo.NAME, quoted(stack.adminTokenFile()));
    }

    /** For the shell: a path may have a space in it. */
    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    /** A line for the shell that works as it stands. */
    private String request() {
        var authorization =
                "-H \"authorization: Bearer $(cat %s)\"".formatted(quoted(stack.demoKeyFile()));
        if (!demo) {
            return "curl %s/v1/models %s".formatted(stack.url(), authorization);
        }
        return "curl %s/v1/chat/completions %s -H 'content-type: application/json' -d '%s'"
                .formatted(
                        stack.url(),
                        authorization,
                        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"
                                .formatted(Demo.MODEL));
    }
}
