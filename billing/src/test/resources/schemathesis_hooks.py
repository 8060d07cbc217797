"""What no answer may show, whatever its status: anything of the inside of billing."""

import schemathesis

INSIDE = ("\tat ", "java.lang.", "io.apihub.", "org.springframework", "org.hibernate", "org.postgresql", "org.apache", "Tomcat")


@schemathesis.check
def nothing_of_the_inside(ctx, response, case):
    shown = response.text + str(response.headers)
    for mark in INSIDE:
        if mark in shown:
            raise AssertionError("an answer shows " + repr(mark))
