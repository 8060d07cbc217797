package io.apihub.extauthz;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static JavaClasses classes;

    @BeforeAll
    static void load() {
        classes =
                new ClassFileImporter()
                        .withImportOption(new DoNotIncludeTests())
                        .importPackages("io.apihub.extauthz");
    }

    @Test
    void decidingKnowsNeitherGrpcNorEnvoy() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "..key..", "..quota..", "..request..", "..error..", "..health..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.envoyproxy..", "io.netty..")
                .check(classes);
    }

    @Test
    void onlyTheEdgesOfTheCheckKnowEnvoy() {
        noClasses()
                .that()
                .resideInAPackage("..check..")
                .and()
                .haveNameNotMatching(
                        ".*\\.(CheckService|CheckReader|CheckResponses|AllowedAnswer|EditList|PendingCheck|WarmUp)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.envoyproxy..", "io.netty..")
                .check(classes);
    }

    @Test
    void onlyTheFeedsClientKnowsGrpc() {
        noClasses()
                .that()
                .resideInAPackage("..policy..")
                .and()
                .haveNameNotMatching(".*\\.PolicyFeed(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.envoyproxy..")
                .check(classes);
    }

    @Test
    void noServiceImportsAnother() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.apihub.operator..", "io.apihub.billing..", "org.springframework..")
                .check(classes);
    }

    @Test
    void featuresHaveNoCycles() {
        slices().matching("io.apihub.extauthz.(*)..").should().beFreeOfCycles().check(classes);
    }
}
