package io.apihub.billing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
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

    @Test
    void moneyIsNeverADouble() {
        var floating =
                new DescribedPredicate<JavaClass>("a floating-point type") {
                    @Override
                    public boolean test(JavaClass type) {
                        return type.isEquivalentTo(double.class)
                                || type.isEquivalentTo(float.class)
                                || type.isEquivalentTo(Double.class)
                                || type.isEquivalentTo(Float.class);
                    }
                };
        noFields()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(MONEY)
                .should()
                .haveRawType(floating)
                .check(BILLING);
        noMethods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(MONEY)
                .should()
                .haveRawReturnType(floating)
                .check(BILLING);
        noClasses()
                .that()
                .resideInAnyPackage(MONEY)
                .should()
                .callMethodWhere(JavaCall.Predicates.target(HasName.Predicates.name("doubleValue")))
                .check(BILLING);
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
