package io.apihub.extauthz.error;

import java.util.List;

/** A complete HTTP answer. */
public record ErrorResponse(int status, List<Header> headers, String body) {

    public ErrorResponse {
        headers = List.copyOf(headers);
    }

    /** One header; its name in lower case. */
    public record Header(String name, String value) {}
}
