package io.apihub.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses OPERATOR =
            new ClassFileImporter()
                    .withImportOption(new DoNotIncludeTests())
                    .importPackages("io.apihub.operator");

    @Test
    void featuresFormNoCycle() {
        slices().matching("io.apihub.operator.(*)..").should().beFreeOfCycles().check(OPERATOR);
    }

    @Test
    void kindsDoNotKnowEachOther() {
        String[] kinds = {"tenant", "apikey", "quota", "pricebook", "upstream"};
        for (var kind : kinds) {
            for (var other : kinds) {
                if (!kind.equals(other)) {
                    noClasses()
                            .that()
                            .resideInAPackage("io.apihub.operator." + kind + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage("io.apihub.operator." + other + "..")
                            .check(OPERATOR);
                }
            }
        }
    }

    @Test
    void anotherServiceIsNeverImported() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.apihub.billing..", "io.apihub.extauthz..", "io.apihub.dev..")
                .check(OPERATOR);
    }

    @Test
    void sqlStaysInRegistryAndFeed() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.apihub.operator",
                        "io.apihub.operator.registry",
                        "io.apihub.operator.feed")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer..")
                .check(OPERATOR);
    }

    @Test
    void kubernetesStaysOutOfRegistryAndFeed() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.apihub.operator.registry..",
                        "io.apihub.operator.feed..",
                        "io.apihub.operator.xds..",
                        "io.apihub.operator.grpc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..", "io.apihub.crd..")
                .check(OPERATOR);
    }

    @Test
    void grpcStaysAtTheEdge() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.apihub.operator",
                        "io.apihub.operator.feed",
                        "io.apihub.operator.grpc",
                        "io.apihub.operator.xds..",
                        "io.apihub.operator.upstream")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.envoyproxy..")
                .check(OPERATOR);
    }

    @Test
    void timeAndIdsComeInThroughConstructors() {
        noClasses().should().callMethod(Instant.class, "now").check(OPERATOR);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(OPERATOR);
        noClasses().should().callMethod(UUID.class, "randomUUID").check(OPERATOR);
    }

    @Test
    void namesSayWhatThingsAre() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Handler")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("DTO")
                .check(OPERATOR);
    }
}
