package io.apihub.extauthz;

/** A variable of the environment is missing or makes no sense. Its message names it. */
final class InvalidSetting extends RuntimeException {

    InvalidSetting(String variable, String problem) {
        super(variable + ": " + problem, null, false, false);
    }
}
