package io.apihub.operator.config;

/** A setting is missing or can't be read; the message is one line that names the variable. */
public final class InvalidSettingException extends RuntimeException {

    InvalidSettingException(String message) {
        super(message);
    }
}
