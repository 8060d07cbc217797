package io.apihub.billing.kube;

import tools.jackson.databind.node.ObjectNode;

/** What the API server answered: an object, a list, or a Status. */
record Reply(int status, ObjectNode body) {

    boolean isSuccess() {
        return status / 100 == 2;
    }

    /** The object, if that is what it is. */
    ObjectNode orRefused() {
        if (!isSuccess()) {
            throw ApiServerProblems.refused(this);
        }
        return body;
    }
}
