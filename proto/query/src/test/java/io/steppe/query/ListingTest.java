package io.steppe.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.steppe.proto.v1.Evaluation;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ReadOptions;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ListingTest {
  private static final Order<Evaluation> BY_CREATION =
      Order.byCreation(Evaluation::getCreateIndex, Evaluation::getId);
  private static final Order<Evaluation> BY_ID = Order.by(Evaluation::getId);
  private static final List<Evaluation> ALL =
      List.of(evaluation("c", 5), evaluation("b", 10), evaluation("a", 10), evaluation("d", 9));

  private static Evaluation evaluation(String id, long index) {
    return Evaluation.newBuilder().setId(id).setCreateIndex(index).setPriority(index % 3).build();
  }

  private static String ids(Page<Evaluation> page) {
    return String.join("", page.objects().stream().map(Evaluation::getId).toList());
  }

  private static Page<Evaluation> page(ReadOptions.Builder options, Order<Evaluation> order) {
    return Listing.of(options.build()).page(ALL, order);
  }

  @Test
  void objectsComeInTheirOrder() {
    assertEquals("cdab", ids(page(ReadOptions.newBuilder(), BY_CREATION)));
    assertEquals("badc", ids(page(ReadOptions.newBuilder().setReverse(true), BY_CREATION)));
    assertEquals("abcd", ids(page(ReadOptions.newBuilder(), BY_ID)));
    assertEquals(
        "cdab", ids(page(ReadOptions.newBuilder().setReverse(true), BY_CREATION.reversed())));
  }

  @Test
  void aTokenIsThePlaceOfTheNextObject() {
    var first = page(ReadOptions.newBuilder().setPerPage(2), BY_CREATION);
    assertEquals("cd", ids(first));
    assertEquals("10.a", first.nextToken());
    var second = page(ReadOptions.newBuilder().setPerPage(2).setNextToken("10.a"), BY_CREATION);
    assertEquals("ab", ids(second));
    assertEquals("", second.nextToken());
  }

  @Test
  void aTokenOfAnObjectThatIsGoneIsStillAPlace() {
    assertEquals("ab", ids(page(ReadOptions.newBuilder().setNextToken("9.e"), BY_CREATION)));
    assertEquals("cd", ids(page(ReadOptions.newBuilder().setNextToken("bb"), BY_ID)));
  }

  @Test
  void whatThePageEndsBeforeIsWhatTheFilterHoldsFor() {
    var page = page(ReadOptions.newBuilder().setPerPage(1).setFilter("CreateIndex == 10"), BY_ID);
    assertEquals("a", ids(page));
    assertEquals("b", page.nextToken());
    var last = page(ReadOptions.newBuilder().setPerPage(1).setFilter("CreateIndex == 5"), BY_ID);
    assertEquals("", last.nextToken());
  }

  @Test
  void aBadFilterIsInvalid() {
    var unread = ReadOptions.newBuilder().setFilter("ID =").build();
    assertEquals(Kind.INVALID, assertThrows(Failure.class, () -> Listing.of(unread)).kind());
    var unanswered = ReadOptions.newBuilder().setFilter("Nope == x");
    Failure failure = assertThrows(Failure.class, () -> page(unanswered, BY_ID));
    assertEquals(Kind.INVALID, failure.kind());
    assertEquals(
        "failed to read result page: error finding value in datum: /Nope at part 0: couldn't find"
            + " key: struct field with name \"Nope\"",
        failure.getMessage());
  }

  @Property(tries = 200)
  void pagesTogetherAreTheList(
      @ForAll @Size(max = 30) List<@IntRange(max = 9) Integer> indexes,
      @ForAll @IntRange(min = 1, max = 7) int perPage,
      @ForAll boolean reverse) {
    List<Evaluation> all = new ArrayList<>();
    indexes.forEach(index -> all.add(evaluation("e" + all.size(), index)));
    ReadOptions.Builder options =
        ReadOptions.newBuilder().setReverse(reverse).setFilter("Priority != 1");
    List<Evaluation> whole = Listing.of(options.build()).page(all, BY_CREATION).objects();
    List<Evaluation> pages = new ArrayList<>();
    Page<Evaluation> page;
    options.setPerPage(perPage);
    do {
      page = Listing.of(options.build()).page(all, BY_CREATION);
      pages.addAll(page.objects());
      options.setNextToken(page.nextToken());
    } while (!page.nextToken().isEmpty());
    assertEquals(whole, pages);
    assertEquals(
        all.stream().filter(evaluation -> evaluation.getPriority() != 1).count(), whole.size());
  }
}
