package io.apihub.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ModelArchitectureTest {

    private final JavaClasses model =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.apihub.model");

    @Test
    void theModelKnowsTheJdkOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.apihub.model..")
                .check(model);
    }

    @Test
    void noNumberIsInexact() {
        fields().should().notHaveRawType("double").andShould().notHaveRawType("float").check(model);
    }

    @Test
    void everyValueIsImmutable() {
        fields().should().beFinal().check(model);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .should()
                .haveNameMatching(
                        ".*(Util|Utils|Helper|Manager|Handler|Impl|Base|Common|Data|Info|DTO|Dto)")
                .check(model);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.apihub.model.(*)..").should().beFreeOfCycles().check(model);
    }
}
