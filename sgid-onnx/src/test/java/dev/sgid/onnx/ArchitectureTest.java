package dev.sgid.onnx;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the structure promises. */
class ArchitectureTest {
  /** What module-info exports. */
  private static final String[] EXPORTED = {
    "dev.sgid.onnx", "dev.sgid.onnx.blip", "dev.sgid.onnx.clip", "dev.sgid.onnx.diffusion"
  };

  private static final JavaClasses ONNX =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.sgid.onnx");

  @Test
  void onnxRuntime_isTouchedByOnePackageOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.sgid.onnx.internal.runtime")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .because("native memory, interruption and closing are handled in one place")
        .check(ONNX);
  }

  @Test
  void scheduleArithmetic_knowsNeitherPicturesNorModels() {
    noClasses()
        .that()
        .haveNameMatching(
            ".*\\.(.*Scheduler|DpmSolver.*|NoiseSchedule|Sampling|Sigmas|Timesteps|TorchRandom"
                + "|Trajectory)")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.onnxruntime..", "java.awt..", "dev.sgid.onnx.internal.runtime")
        .because("arithmetic is tested without either")
        .check(ONNX);
  }

  @Test
  void publicSignatures_nameNoTypeOfALibraryBelow() {
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAnyPackage(EXPORTED)
        .should(nameNoForeignType())
        .because("what runs below can then change without its users")
        .check(ONNX);
  }

  private static ArchCondition<JavaMethod> nameNoForeignType() {
    return new ArchCondition<>("name no type of ONNX Runtime, DJL, Gson or our internals") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        boolean foreign =
            Stream.concat(
                    Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                .map(type -> type.getPackageName())
                .anyMatch(
                    name ->
                        name.startsWith("ai.")
                            || name.startsWith("com.google.gson")
                            || name.contains(".internal"));
        events.add(new SimpleConditionEvent(method, !foreign, method.getDescription()));
      }
    };
  }

  @Test
  void publicTypes_areTheApiAndNothingElse() {
    assertThat(
            ONNX.stream()
                .filter(type -> List.of(EXPORTED).contains(type.getPackageName()))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(JavaClass::isTopLevelClass)
                .map(JavaClass::getSimpleName))
        .as("public is what a user calls: a type that joins this list is a promise")
        .containsExactlyInAnyOrder(
            "BlipCaptioner",
            "BlipOptions",
            "ClipSimilarityScorer",
            "OnnxBackend",
            "StableDiffusionImg2Img");
  }
}
