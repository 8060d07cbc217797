package io.apihub.billing.access;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says who may call an endpoint. Billing does not start with an endpoint that does not say. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Permit {

    Level value();

    /** Which scope a token needs; empty: READ for GET and HEAD, WRITE for the rest. */
    Scope[] scope() default {};
}
