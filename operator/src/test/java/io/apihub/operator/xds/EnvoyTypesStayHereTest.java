package io.apihub.operator.xds;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Envoy's types and java-control-plane are known to this package only. */
final class EnvoyTypesStayHereTest {

    private static final JavaClasses OPERATOR =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.apihub.operator");

    @Test
    void nobodyElseKnowsEnvoysTypes() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.apihub.operator.xds..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.envoyproxy..", "com.github.xds..", "com.github.udpa..")
                .check(OPERATOR);
    }

    @Test
    void thisPackageKnowsNoOtherOfTheOperator() {
        noClasses()
                .that()
                .resideInAPackage("io.apihub.operator.xds..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.apihub.operator.registry..",
                        "io.apihub.operator.upstream..",
                        "io.fabric8..",
                        "io.apihub.crd..")
                .check(OPERATOR);
    }
}
