package io.apihub.billing.settings;

/** A wrong or missing environment variable; the message is one line that names it. */
public final class InvalidSetting extends RuntimeException {

    private static final long serialVersionUID = 1;

    InvalidSetting(String variable, String whatIsWrong) {
        super(variable + " " + whatIsWrong);
    }
}
