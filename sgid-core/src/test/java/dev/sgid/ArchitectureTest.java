package dev.sgid;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CORE =
      new ClassFileImporter().importPath(Path.of("target", "classes"));

  /** What is thrown, which everybody may throw. */
  private static final DescribedPredicate<JavaClass> FAILURE =
      belongToAnyOf(SgidException.class, Stage.class);

  @Test
  void core_dependencies_areTheMethodsOwn() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.sgid", "dev.sgid.internal", "java..", "jdk.jfr", "org.slf4j", "org.jspecify..")
        .because("the method must be usable without any runtime, tensor or JSON library")
        .check(CORE);
  }

  @Test
  void packages_haveNoCycles() {
    slices()
        .matching("dev.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(alwaysTrue(), FAILURE)
        .because("the reading path goes one way")
        .check(CORE);
  }

  @Test
  void internal_doesNotKnowTheMethod() {
    noClasses()
        .that()
        .resideInAPackage("dev.sgid.internal")
        .should()
        .dependOnClassesThat(resideInAPackage("dev.sgid").and(not(FAILURE)))
        .because("helpers that know what they help with belong to it")
        .check(CORE);
  }

  @Test
  void publicSignatures_nameNoInternalType() {
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAPackage("dev.sgid")
        .should(nameNoInternalType())
        .because("users can't see dev.sgid.internal, which the module does not export to them")
        .check(CORE);
  }

  private static ArchCondition<JavaMethod> nameNoInternalType() {
    return new ArchCondition<>("name no type of dev.sgid.internal") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        boolean named =
            Stream.concat(
                    Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                .anyMatch(type -> type.getPackageName().equals("dev.sgid.internal"));
        events.add(new SimpleConditionEvent(method, !named, method.getDescription()));
      }
    };
  }

  @Test
  void publicTypes_areTheApiAndNothingElse() {
    assertThat(
            CORE.stream()
                .filter(type -> type.getPackageName().equals("dev.sgid"))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(JavaClass::isTopLevelClass)
                .map(JavaClass::getSimpleName))
        .as("public is what a user calls: a type that joins this list is a promise")
        .containsExactlyInAnyOrder(
            "AugmentRequest",
            "Augmentation",
            "AugmentationStream",
            "BackendOptions",
            "CaptionChoice",
            "Captioner",
            "Device",
            "Diagnosis",
            "Domain",
            "FailedCopy",
            "Fit",
            "GenerationSettings",
            "GuidanceSchedule",
            "Img2ImgFeed",
            "Img2ImgGenerator",
            "Img2ImgRequest",
            "Img2ImgResult",
            "Label",
            "LogitScale",
            "OpenPack",
            "Origin",
            "Outcome",
            "OutputSize",
            "PackCheck",
            "PackInfo",
            "PromptTemplate",
            "Scheduler",
            "ScoredCaption",
            "Settings",
            "Sgid",
            "SgidBackend",
            "SgidBuilder",
            "SgidException",
            "SimilarityScorer",
            "Size",
            "Stage",
            "StepListener",
            "Steps",
            "TimestepSpacing",
            "ZeroShot");
  }
}
