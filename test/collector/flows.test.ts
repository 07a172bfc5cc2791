import { describe, expect, test } from 'vitest';
import { COLUMNS, stageFlows } from '../../examples/collector/flows.mjs';
import { MODELS } from '../../examples/collector/stages.mjs';

const [journey] = MODELS as any[];
const short: Record<string, string> = { a: 'awareness', c: 'consideration', d: 'decision', p: 'purchase', r: 'retention', v: 'advocacy' };

/** A visitor by the first letters of the stages of the events; a capital begins a new loop, a dot at the end has left. */
const walk = (letters: string) => ({
  left: letters.endsWith('.'),
  steps: [...letters.replace('.', '')].map((letter) => ({ event: {}, stage: short[letter.toLowerCase()], loop: letter !== letter.toLowerCase() })),
});
const flows = (...visitors: string[]) => stageFlows(new Map(visitors.map((letters, index) => [String(index), walk(letters)])) as any, journey);
const links = (result: any) => result.links.map(({ column, from, to, move, count }: any) => `${column} ${from} ${move} ${to} ${count}`);
const nodes = (result: any) => result.nodes.map(({ column, stage, count }: any) => `${column} ${stage} ${count}`);

describe('moves between stages', () => {
  test('are unrolled: who goes back, and on again, is in a new column each time', () => {
    const result = flows('accddcd', 'acd');
    expect(nodes(result)).toEqual(['0 awareness 2', '1 consideration 2', '2 decision 2', '3 consideration 1', '4 decision 1']);
    expect(links(result)).toEqual([
      '0 awareness forward consideration 2', '1 consideration forward decision 2', '2 decision back consideration 1', '3 consideration forward decision 1',
    ]);
  });

  test('tell skipping, and a new loop, which may begin in the same stage', () => {
    expect(links(flows('adp', 'aA', 'acpC'))).toEqual([
      '0 awareness loop awareness 1', '0 awareness forward consideration 1', '0 awareness skip decision 1',
      '1 consideration skip purchase 1', '1 decision forward purchase 1', '2 purchase loop consideration 1',
    ]);
  });

  test('end where a visitor has left, and stay open where one is still there', () => {
    const result = flows('ac.', 'ac', 'a.');
    expect(links(result)).toEqual(['0 awareness forward consideration 2', '0 awareness left null 1', '1 consideration left null 1']);
    expect(nodes(result)).toEqual(['0 awareness 3', '1 consideration 2']);
  });

  test('are drawn up to a bound, and counted beyond it', () => {
    const result = flows('acdcdcdc.', 'acdcdc.', 'acdcdc');
    expect(Math.max(...result.nodes.map(({ column }: any) => column))).toBe(COLUMNS - 1);
    expect(links(result).slice(-2).sort()).toEqual(['5 consideration left null 1', '5 consideration more null 1']);
    expect(result.moves.find(({ from, move }: any) => from === 'decision' && move === 'back').count).toBe(7);
    expect(result.moves.find(({ move }: any) => move === 'left').count).toBe(2);
  });

  test('count a visitor once in a stage, however often there', () => {
    expect(flows('acdcd', 'a', 'c').model.stages.map(({ visitors }: any) => visitors)).toEqual([2, 2, 1, 0, 0, 0]);
  });

  test('list every move with how often it was made, arrivals and departures too', () => {
    expect(flows('aca.', 'acA').moves).toEqual([
      { from: null, to: 'awareness', move: 'enter', count: 2 },
      { from: 'awareness', to: 'consideration', move: 'forward', count: 2 },
      { from: 'consideration', to: 'awareness', move: 'back', count: 1 },
      { from: 'awareness', to: null, move: 'left', count: 1 },
      { from: 'consideration', to: 'awareness', move: 'loop', count: 1 },
    ]);
  });

  test('are none without visitors', () => {
    expect(flows()).toMatchObject({ visitors: 0, nodes: [], links: [], moves: [], model: { name: 'journey' } });
  });

  test.each([['journey', 'purchase'], ['aida', 'action'], ['funnel', 'purchase'], ['mckinsey', 'moment_of_purchase'], ['moments', 'first']])(
    'know the stage of %s in which one buys', (name, stage) => {
      expect(stageFlows(new Map() as any, MODELS.find((model) => model.name === name)!).model.purchase).toBe(stage);
    });
});
