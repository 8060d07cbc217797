package io.apihub.model;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.core.domain.properties.HasReturnType.Predicates.rawReturnType;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Stream;
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
        var floating =
                describe(
                        "a floating-point type",
                        (JavaClass type) ->
                                Stream.of(double.class, float.class, Double.class, Float.class)
                                        .anyMatch(type.getBaseComponentType()::isEquivalentTo));
        noFields().should().haveRawType(floating).check(model);
        noCodeUnits()
                .should()
                .haveRawReturnType(floating)
                .orShould()
                .haveRawParameterTypes(anyElementThat(floating))
                .check(model);
        noClasses()
                .should()
                .callCodeUnitWhere(
                        target(rawReturnType(floating))
                                .or(target(rawParameterTypes(anyElementThat(floating)))))
                .check(model);
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
