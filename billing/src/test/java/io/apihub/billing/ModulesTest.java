package io.apihub.billing;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.web.bind.annotation.RestController;

/** What may depend on what. */
class ModulesTest {

    private static final JavaClasses BILLING =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.apihub.billing");

    private static final String[] MONEY = {
        "..account..",
        "..ledger..",
        "..budget..",
        "..credit..",
        "..pricing..",
        "..usage..",
        "..payment..",
        "..plan.."
    };

    /** By its name alone, also of arrays: what libraries call so is not read for it. */
    private static final Predicate<String> FLOATS =
            Pattern.compile("double|float|\\[+[DF]|(\\[+L)?java\\.lang\\.(Double|Float);?")
                    .asMatchPredicate();

    private static final DescribedPredicate<JavaClass> FLOATING =
            describe("a floating-point type", type -> FLOATS.test(type.getName()));

    private static final DescribedPredicate<JavaClass> MAY_BE_MONEY =
            describe(
                    "are not of how long requests take or how many there are",
                    type ->
                            !type.getName().startsWith("io.apihub.billing.insight.TimesController")
                                    && !type.getPackageName().equals("io.apihub.billing.rate"));

    @Test
    void modulesFormADagAndKeepTheirInsidesToThemselves() {
        ApplicationModules.of(BillingApplication.class).verify();
    }

    @Test
    void theLedgerKnowsOnlyAccounts() {
        noClasses()
                .that()
                .resideInAPackage("..ledger..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..usage..", "..budget..", "..pricing..", "..admin..")
                .check(BILLING);
    }

    /** All of billing, but for times and rates: there is no package that money is far from. */
    @Test
    void nothingIsADouble() {
        noFields()
                .that()
                .areDeclaredInClassesThat(MAY_BE_MONEY)
                .should()
                .haveRawType(FLOATING)
                .check(BILLING);
        noCodeUnits()
                .that()
                .areDeclaredInClassesThat(MAY_BE_MONEY)
                .should()
                .haveRawReturnType(FLOATING)
                .orShould()
                .haveRawParameterTypes(anyElementThat(FLOATING))
                .check(BILLING);
        noClasses()
                .that(MAY_BE_MONEY)
                .should()
                .callCodeUnitWhere(
                        describe(
                                "a floating-point number is needed",
                                (JavaCall<?> call) -> isFloating(call.getTarget())))
                .check(BILLING);
    }

    /** Metrics are counted so, and nothing is read of them. */
    private static boolean isFloating(CodeUnitCallTarget target) {
        return !target.getOwner().getPackageName().startsWith("io.micrometer")
                && (FLOATING.test(target.getRawReturnType())
                        || target.getRawParameterTypes().stream().anyMatch(FLOATING));
    }

    @Test
    void theWebStaysAtTheEdge() {
        noClasses()
                .that()
                .resideInAnyPackage(MONEY)
                .and()
                .resideOutsideOfPackages(
                        "io.apihub.billing.payment.rest..", "io.apihub.billing.plan.rest..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.web..", "jakarta.servlet..")
                .check(BILLING);
        classes()
                .that()
                .areAnnotatedWith(RestController.class)
                .and()
                .doNotHaveSimpleName("ErrorPage")
                .should()
                .haveSimpleNameEndingWith("Controller")
                .check(BILLING);
    }

    @Test
    void theWireStaysAtTheEdge() {
        noClasses()
                .that()
                .resideInAnyPackage("..account..", "..ledger..", "..pricing..", "..admin..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "io.apihub.usage.v1..")
                .check(BILLING);
    }

    @Test
    void mailAndOpenIdStayAtTheEdge() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..mail..", "..oidc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta.mail..", "org.eclipse.angus..", "com.nimbusds..")
                .check(BILLING);
    }

    @Test
    void kubernetesStaysAtTheEdge() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..kube..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.apihub.crd..")
                .check(BILLING);
    }

    @Test
    void noOtherServiceIsUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.apihub.operator..", "io.apihub.extauthz..", "io.apihub.dev..")
                .check(BILLING);
    }
}
