import type { Phrase } from './phrase.ts';
import type { Table, Tone } from './table.ts';

/**
 * A part of a report: what it says, in no language of markup. A face renders the kinds of content, whatever the
 * section.
 */
export interface Section {
  readonly name: string;
  /**
   * The foot names the image and the run: each image has its own, even where it says in its body the same as another.
   */
  readonly place: 'body' | 'foot';
  readonly content: Content;
}

export type Content = Remarks | Facts | LabeledTable | List;

/** Sentences, each by itself. They are never left out. */
export interface Remarks {
  readonly kind: 'remarks';
  readonly tone: 'plain' | 'note' | 'failure' | 'warning' | 'advice' | 'unknown';
  readonly remarks: readonly Phrase[];
  /** The name of what another image has the same of; null where it is never the same. */
  readonly label: string | null;
}

/** Short facts. */
export interface Facts {
  readonly kind: 'facts';
  /** On a page: in one line of small print, or a fold with a line for each. */
  readonly look: 'small' | { readonly fold: string };
  readonly facts: readonly Phrase[];
  /** What they are called where they are left out; null where they never are. */
  readonly label: string | null;
}

export interface LabeledTable {
  readonly kind: 'table';
  readonly title: string;
  readonly table: Table;
  /** What it is called where it is left out. */
  readonly label: string;
  /** Whether pages fold it. */
  readonly folded: boolean;
  /** Tables of one likeness say nearly the same: pages fold those after the first. */
  readonly likeness: string;
}

/** Things in groups. Where room is short the groups get shorter, before any is left out. */
export interface List {
  readonly kind: 'list';
  /** What a terminal puts above all groups, with the total next to it. */
  readonly heading: string;
  readonly totals: Phrase;
  /** What a page puts on the fold that has all groups in it. */
  readonly title: Phrase;
  readonly groups: readonly Group[];
  /** Whether a page shows it without a fold. */
  readonly isOpen: boolean;
  /** How many items a group names even where room is short. */
  readonly atLeast: number;
}

export interface Group {
  /** Empty where the heading says it all. */
  readonly title: Phrase;
  /** What it is called where it is left out. */
  readonly label: string;
  /** How many items there are. */
  readonly count: number;
  /** What a face shows of a list that is too long to be shown in full: a sum of all items, and the first of them. */
  readonly summary: Summary | null;
  /** The first of them, what matters most before all; of very many only those are made that are shown. */
  first(most: number): readonly Item[];
}

export interface Summary {
  readonly items: readonly Item[];
  /** How many items are shown after the sum. */
  readonly most: number;
}

/** Something in a list, in a line, or in two where it was one thing and is another. */
export type Item = readonly [ItemLine, ...ItemLine[]];

export interface ItemLine {
  /** What became of it; null in a list of things that are as they are. */
  readonly status: 'added' | 'modified' | 'removed' | null;
  /** Stands before the names, as wide in each line; empty where there is nothing of the kind. */
  readonly lead: string;
  readonly name: Phrase;
  readonly remark: Phrase;
  /** Of the remark. */
  readonly tone: Tone | null;
}
