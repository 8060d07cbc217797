package io.apihub.operator.status;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Where something worth a look is said beside an object's status. Never blocks. */
public interface Events {

    /** Says what someone may have to act on; {@code reason} is one CamelCase word. */
    void warn(HasMetadata object, String reason, String note);

    /** Says what is good to know. */
    void tell(HasMetadata object, String reason, String note);
}
